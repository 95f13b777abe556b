//! The JSON lines of a world on standard input and output.

use std::{io, sync::Arc};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, stdin, stdout},
    signal::unix::{SignalKind, signal},
    sync::mpsc::{Sender, channel},
    task::JoinSet,
};

use super::World;

const MAX_LINE: u64 = 1 << 20;

/// Runs until the end of standard input or a signal; then everything ends.
pub(super) async fn run(world: Arc<World>) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (answers, mut written) = channel::<Value>(64);
    let writer = tokio::spawn(async move {
        let mut out = stdout();
        while let Some(answer) = written.recv().await {
            // Nobody reads any more: the end of the input comes soon.
            let line = format!("{answer}\n");
            if out.write_all(line.as_bytes()).await.is_err() || out.flush().await.is_err() {
                return;
            }
        }
    });
    let mut commands = JoinSet::new();
    let ended = tokio::select! {
        ended = read(&world, &mut commands, &answers) => ended,
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    };
    // Commands hold the world: end them, and then the world with all that is in it.
    commands.shutdown().await;
    drop(answers);
    drop(world);
    let _ = writer.await;
    ended
}

async fn read(
    world: &Arc<World>,
    commands: &mut JoinSet<()>,
    answers: &Sender<Value>,
) -> io::Result<()> {
    let mut input = BufReader::new(stdin());
    let mut line = Vec::new();
    loop {
        line.clear();
        // One byte more than allowed tells a line that is too long.
        let length = (&mut input)
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut line)
            .await?;
        if length == 0 {
            return Ok(());
        }
        if length as u64 > MAX_LINE {
            return Err(io::Error::other("a command of over 1 MiB"));
        }
        while commands.try_join_next().is_some() {}
        match serde_json::from_slice::<Value>(&line) {
            Ok(order) => {
                let (world, answers) = (Arc::clone(world), answers.clone());
                commands.spawn(async move {
                    let answer = world.obey(order).await;
                    let _ = answers.send(answer).await;
                });
            }
            Err(_) if line.trim_ascii().is_empty() => {}
            Err(error) => {
                let text = format!("a line that is not JSON: {error}");
                let _ = answers
                    .send(json!({ "id": null, "ok": false, "error": text }))
                    .await;
            }
        }
    }
}
