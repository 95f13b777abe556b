//! `channel watch`: follows the events, and goes on where it was when the relay
//! comes back.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use anstream::{eprintln, println};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use sse_stream::{Sse, SseStream};

use super::client::RelayClient;
use super::text;
use crate::paint::{FAINT, GREEN, YELLOW};
use crate::printable::printable;

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Shows events until somebody ends the program.
///
/// # Errors
/// No relay answers when it begins.
pub(super) async fn watch(relay: &RelayClient, as_json: bool) -> anyhow::Result<ExitCode> {
    let mut response = relay.events(None).await?;
    relay.say_who_answered();
    if std::io::stderr().is_terminal() {
        eprintln!("{FAINT}Watching; Ctrl-C ends it{FAINT:#}");
    }
    let mut last: Option<String> = None;
    loop {
        let mut events = SseStream::from_bytes_stream(response.bytes_stream());
        while let Some(Ok(event)) = events.next().await {
            if let Some(data) = event.data.as_deref() {
                show(&event, data, as_json);
            }
            last = event.id.or(last);
        }
        eprintln!("The relay is gone; trying again until it is back");
        let mut wait = FIRST_WAIT;
        response = loop {
            tokio::time::sleep(wait).await;
            match relay.events(last.as_deref()).await {
                Ok(response) => break response,
                Err(error) => tracing::debug!(%error, "not back yet"),
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        };
        eprintln!("The relay is back");
    }
}

fn show(event: &Sse, data: &str, as_json: bool) {
    let kind = event.event.as_deref().unwrap_or_default();
    let data: Value = serde_json::from_str(data).unwrap_or_default();
    if as_json {
        let id = event.id.as_deref();
        println!("{}", json!({ "id": id, "event": kind, "data": data }));
        return;
    }
    match kind {
        "received" | "sent" => {
            let arrow = if kind == "sent" { "→" } else { "←" };
            let field = |name| printable(text(&data, name));
            let (channel, conversation) = (field("channel"), field("conversation_id"));
            let account = match text(&data, "account") {
                "" | "default" => String::new(),
                name => format!(" ({})", printable(name)),
            };
            let (sender, content) = (field("sender"), lines(text(&data, "content")));
            println!(
                "{GREEN}{arrow}{GREEN:#} {FAINT}{channel}:{conversation}{account}{FAINT:#} {sender}: {content}"
            );
        }
        "status" => {
            let state = text(&data["account"], "status");
            println!("{YELLOW}*{YELLOW:#} {} is {state}", text(&data, "channel"));
        }
        "lagged" => {
            let missed = data["missed"].as_u64();
            let count = missed.map_or_else(|| "some".to_owned(), |count| count.to_string());
            println!("{YELLOW}*{YELLOW:#} {count} events were missed");
        }
        _ => {}
    }
}

/// Words of strangers: each line is seen to be one of theirs.
fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    lines.join("\n    ")
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn words_of_strangers_neither_steer_the_terminal_nor_pose_as_other_lines() {
        let words = "hi\n* webchat is connected\u{1b}[2J \u{202e}txt";
        let shown = "hi\n    * webchat is connected\\u{1b}[2J \\u{202e}txt";
        assert_eq!(lines(words), shown);
    }
}
