//! The bridge's process: its standard input and output as lines, its standard
//! error in the log, and its end.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::environment;
use super::lines::{BadLine, Cutter};
use super::ration::{Ration, Share};
use crate::printable::printable;

/// How many lines may wait for the process to read them.
const MOST_WAITING: usize = 256;
/// How much is read at once.
const READ_BYTES: usize = 64 * 1024;
/// How long what a dead process wrote may take to come.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How long a line of standard error may be.
const LOGGED_BYTES: u64 = 2_000;

/// How the bridge is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    /// Node.js.
    pub(super) node: PathBuf,
    /// The bridge, and what it is told.
    pub(super) arguments: Vec<OsString>,
    /// Proxy on the way to WhatsApp; without one the environment decides.
    pub(super) proxy: Option<String>,
}

/// A process that was started. Dropping it ends it and all that it started, at
/// once.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    group: Option<Group>,
    input: Option<mpsc::Sender<String>>,
    output: Option<ChildStdout>,
    cutter: Cutter,
    buffer: Box<[u8]>,
    ended: Option<String>,
}

/// What a process did.
#[derive(Debug)]
pub(super) enum Happened {
    /// It wrote lines, or what should have been some.
    Wrote(Vec<Result<Vec<u8>, BadLine>>),
    /// It ended, in words for people.
    Ended(String),
}

impl Process {
    /// # Errors
    /// The system does not start it.
    pub(super) fn start(program: &Program) -> io::Result<Self> {
        let mut command = Command::new(&program.node);
        command
            .args(&program.arguments)
            .env_clear()
            .envs(environment::for_bridge(program.proxy.as_deref()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // So that a Ctrl-C for the relay is none for the bridge, and that all it
        // started ends with it.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let (lines, waiting) = mpsc::channel(MOST_WAITING);
        let group = Group::of(&child);
        if let Some(input) = child.stdin.take() {
            tokio::spawn(write(input, waiting));
        }
        if let Some(errors) = child.stderr.take() {
            tokio::spawn(log(errors));
        }
        Ok(Self {
            output: child.stdout.take(),
            child,
            group,
            input: Some(lines),
            cutter: Cutter::default(),
            buffer: vec![0; READ_BYTES].into(),
            ended: None,
        })
    }

    /// Writes a line, its newline included; gives whether there was room for it.
    pub(super) fn write(&self, line: String) -> bool {
        let input = self.input.as_ref();
        input.is_some_and(|input| input.try_send(line).is_ok())
    }

    /// Closes its standard input, after what waits: the bridge ends then.
    pub(super) fn close_input(&mut self) {
        self.input = None;
    }

    /// Asks it to end, and all that it started.
    pub(super) fn terminate(&mut self) {
        self.signal(Strength::Ask);
    }

    /// Ends it, and all that it started.
    pub(super) fn kill(&mut self) {
        self.signal(Strength::Kill);
    }

    fn signal(&mut self, strength: Strength) {
        match &self.group {
            Some(group) => group.signal(strength),
            None if self.ended.is_none() => {
                let _ = self.child.start_kill();
            }
            None => {}
        }
    }

    /// What it does next. Nothing is lost when this is dropped.
    pub(super) async fn next(&mut self) -> Happened {
        loop {
            if let Some(words) = &self.ended {
                // Whatever it started may keep the other end open.
                let last = timeout(LAST_WORDS, read(&mut self.output, &mut self.buffer)).await;
                if let Ok(Some(length)) = last {
                    return self.wrote(length);
                }
                self.output = None;
                return Happened::Ended(words.clone());
            }
            tokio::select! {
                length = read(&mut self.output, &mut self.buffer), if self.output.is_some() => {
                    match length {
                        Some(length) => return self.wrote(length),
                        None => self.output = None,
                    }
                }
                status = self.child.wait() => {
                    // Its number may be somebody else's from now on.
                    self.group = None;
                    self.ended = Some(match status {
                        Ok(status) => format!("the bridge ended ({status})"),
                        Err(error) => format!("the bridge cannot be waited for: {error}"),
                    });
                }
            }
        }
    }

    fn wrote(&mut self, length: usize) -> Happened {
        let bytes = self.buffer.get(..length).unwrap_or_default();
        Happened::Wrote(self.cutter.push(bytes))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(group) = &self.group {
            group.signal(Strength::Kill);
        }
    }
}

/// The next bytes; `None` at the end.
async fn read(output: &mut Option<ChildStdout>, buffer: &mut [u8]) -> Option<usize> {
    let length = output.as_mut()?.read(buffer).await.ok()?;
    (length > 0).then_some(length)
}

/// Writes lines until nobody has any more, then closes.
async fn write(mut input: ChildStdin, mut lines: mpsc::Receiver<String>) {
    while let Some(line) = lines.recv().await {
        if input.write_all(line.as_bytes()).await.is_err() {
            // It is gone; whoever waits for it learns that from its end.
            return;
        }
    }
}

/// Reads standard error to its end, whatever is done with it: a process whose
/// words nobody takes stands still.
async fn log(errors: ChildStderr) {
    let mut reader = BufReader::new(errors);
    let mut line = Vec::new();
    let mut ration = Ration::new();
    loop {
        line.clear();
        // A longer line comes in parts.
        let mut part = (&mut reader).take(LOGGED_BYTES);
        match part.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line);
        let text = printable(text.trim());
        if text.is_empty() {
            continue;
        }
        match ration.take() {
            Share::Line => tracing::warn!("the WhatsApp bridge says: {text}"),
            Share::Last => {
                tracing::warn!("the WhatsApp bridge says more than is logged in a minute");
            }
            Share::None => {}
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Strength {
    Ask,
    Kill,
}

/// The process group that a process of ours leads, until it was waited for.
#[cfg(unix)]
#[derive(Debug)]
struct Group(rustix::process::Pid);

#[cfg(unix)]
impl Group {
    fn of(child: &Child) -> Option<Self> {
        let id = i32::try_from(child.id()?).ok()?;
        rustix::process::Pid::from_raw(id).map(Self)
    }

    fn signal(&self, strength: Strength) {
        use rustix::process::Signal;
        let signal = match strength {
            Strength::Ask => Signal::TERM,
            Strength::Kill => Signal::KILL,
        };
        // One that has ended already is what we want.
        let _ = rustix::process::kill_process_group(self.0, signal);
    }
}

/// Elsewhere a process ends alone; the bridge starts none.
#[cfg(not(unix))]
#[derive(Debug)]
enum Group {}

#[cfg(not(unix))]
impl Group {
    fn of(_: &Child) -> Option<Self> {
        None
    }

    fn signal(&self, _: Strength) {
        match *self {}
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::Path;

    use super::*;

    fn shell(script: &str) -> Process {
        Process::start(&Program {
            node: Path::new("/bin/sh").to_owned(),
            arguments: vec!["-c".into(), script.into()],
            proxy: Some("http://127.0.0.1:3128".to_owned()),
        })
        .unwrap()
    }

    async fn to_its_end(process: &mut Process) -> (Vec<String>, String) {
        let mut all = Vec::new();
        loop {
            match process.next().await {
                Happened::Wrote(lines) => all.extend(lines.into_iter().map(|line| {
                    line.map_or_else(
                        |bad| bad.to_string(),
                        |line| String::from_utf8(line).unwrap(),
                    )
                })),
                Happened::Ended(words) => return (all, words),
            }
        }
    }

    #[tokio::test]
    async fn lines_go_in_and_out_and_the_end_of_input_is_an_end() {
        let mut process =
            shell("while read -r line; do echo \"got $line\"; done; echo end; exit 3");
        assert!(process.write("one\n".to_owned()));
        assert!(process.write("two\n".to_owned()));
        process.close_input();
        assert!(!process.write("late\n".to_owned()));
        let (lines, words) = to_its_end(&mut process).await;
        assert_eq!(lines, ["got one", "got two", "end"]);
        assert!(words.contains('3'), "{words}");
    }

    #[tokio::test]
    async fn a_process_that_floods_standard_error_does_not_stand_still() {
        let script = "i=0; while [ $i -lt 20000 ]; do echo 'a line of many words that nobody reads' >&2; \
                      i=$((i+1)); done; echo done";
        assert_eq!(to_its_end(&mut shell(script)).await.0, ["done"]);
    }

    #[tokio::test]
    async fn a_line_without_an_end_is_skipped_and_the_next_one_is_whole() {
        let script = "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo '{}'";
        let (lines, _) = to_its_end(&mut shell(script)).await;
        assert_eq!(lines.len(), 2);
        assert!(lines[0].contains("3000000"));
        assert_eq!(lines[1], "{}");
    }

    #[tokio::test]
    async fn it_knows_nothing_of_the_environment_but_what_it_needs() {
        let (lines, _) = to_its_end(&mut shell("env | cut -d= -f1")).await;
        // Cargo's variables stand for those of the relay.
        assert!(std::env::vars().any(|(name, _)| name.starts_with("CARGO")));
        assert!(lines.contains(&"PATH".to_owned()));
        assert!(lines.contains(&"HTTPS_PROXY".to_owned()));
        assert!(
            !lines.iter().any(|name| name.starts_with("CARGO")),
            "{lines:?}"
        );
    }

    #[tokio::test]
    async fn all_that_it_started_ends_with_it() {
        let script = "sleep 1000 & echo $!; trap '' TERM; wait; wait; sleep 1000";
        let mut process = shell(script);
        let Happened::Wrote(lines) = process.next().await else {
            panic!()
        };
        let grandchild = String::from_utf8(lines[0].clone().unwrap()).unwrap();
        let is_there = || Path::new("/proc").join(&grandchild).join("stat").exists();
        if cfg!(target_os = "linux") {
            assert!(is_there());
        }
        process.kill();
        let (_, words) = to_its_end(&mut process).await;
        assert!(words.contains('9'), "{words}");
        for _ in 0..100 {
            // Whoever adopted it waits for it soon.
            let stat = std::fs::read_to_string(Path::new("/proc").join(&grandchild).join("stat"));
            if stat.is_err() || stat.is_ok_and(|stat| stat.contains(") Z ")) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("process {grandchild} goes on");
    }
}
