//! The real program.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::common::TOKEN;

/// As many sockets for this test as the system allows.
#[cfg(unix)]
pub(crate) fn open_many_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut own = getrlimit(Resource::Nofile);
    own.current = own.maximum;
    setrlimit(Resource::Nofile, own).unwrap();
}

/// The real program, killed when dropped.
pub(crate) struct Program(Child);

impl Program {
    /// One that listens, with this data.
    pub(crate) fn start(data: &Path) -> (Self, SocketAddr) {
        let mut program = Self::spawn(data, None);
        let address = program.address().expect("it listens");
        (program, address)
    }

    /// One that has just begun, with this data and these settings.
    pub(crate) fn spawn(data: &Path, settings: Option<&Path>) -> Self {
        let mut command = Self::command(data);
        if let Some(settings) = settings {
            command.arg("--config").arg(settings);
        }
        Self::of(command)
    }

    /// How it is called; its token is that of the tests.
    pub(crate) fn command(data: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawline-relay"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .env("OPENCLAW_GATEWAY_TOKEN", TOKEN);
        command
    }

    pub(crate) fn of(mut command: Command) -> Self {
        Self(command.stdout(Stdio::piped()).spawn().unwrap())
    }

    /// Where it listens, once it does; `None` when it ended before.
    pub(crate) fn address(&mut self) -> Option<SocketAddr> {
        let mut line = String::new();
        let mut out = BufReader::new(self.0.stdout.take()?);
        out.read_line(&mut line).ok()?;
        let address = line.split("http://").nth(1)?;
        address.trim().trim_end_matches('/').parse().ok()
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// SIGTERM: the program may end what it does.
    pub(crate) fn terminate(&self) {
        let id = self.id().to_string();
        let mut kill = Command::new("kill");
        assert!(kill.args(["-TERM", &id]).status().unwrap().success());
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.0.wait().unwrap()
    }

    /// SIGKILL: the program cannot do anything about it.
    pub(crate) fn kill(&mut self) {
        self.0.kill().unwrap();
        self.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
