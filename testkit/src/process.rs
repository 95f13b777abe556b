//! A child process that cannot outlive the one who started it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::{
    process::{Child, ChildStdin, Command},
    time::timeout,
};

use crate::{Error, Result};

// The shell stays behind as a guard in the child's process group and waits for
// the end of a pipe that only we hold. However we end, even by SIGKILL, the
// kernel closes the pipe and the guard kills the whole group. As long as we hold
// the pipe the guard also keeps the group's number from being given to others.
const GUARD: &str = r#"exec 3<&0 </dev/null
{ read -r _ <&3; kill -9 0; } >/dev/null 2>&1 &
exec 3<&-
exec "$@""#;

/// How to start a [`Process`].
#[derive(Debug, Clone)]
pub struct Launch {
    /// What messages call it.
    pub name: String,
    /// The executable.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its whole environment: nothing is inherited.
    pub environment: BTreeMap<OsString, OsString>,
    /// Its working folder.
    pub folder: PathBuf,
    /// The file to which its standard output and error are appended.
    pub log: PathBuf,
}

/// A process in a group of its own, which ends when this value is dropped and
/// also when the process that holds this value is killed.
#[derive(Debug)]
pub struct Process {
    launch: Launch,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    leader: Pid,
    // Held, never written: see GUARD.
    _lifeline: Option<ChildStdin>,
}

impl Process {
    /// Starts the process and returns at once.
    ///
    /// # Errors
    /// When the log cannot be opened or the program cannot be started.
    pub fn start(launch: Launch) -> Result<Self> {
        let mut process = Self {
            launch,
            running: None,
        };
        process.start_again()?;
        Ok(process)
    }

    /// Starts it once more in the same way, after it ended.
    ///
    /// # Errors
    /// [`Error::AlreadyRunning`], and those of [`Process::start`].
    pub fn start_again(&mut self) -> Result<()> {
        if self.is_running() {
            return Err(Error::AlreadyRunning {
                name: self.launch.name.clone(),
            });
        }
        self.running = None;
        let launch = &self.launch;
        let doing = || format!("start {} ({})", launch.name, launch.program.display());
        let log = open_log(&launch.log)?;
        let errors = log
            .try_clone()
            .map_err(Error::io("share the log of a process"))?;
        // A missing program is reported here: the guard could only say 127.
        fs::metadata(&launch.program).map_err(Error::io(doing()))?;
        let mut child = Command::new("/bin/sh")
            .args(["-c", GUARD, "guard"])
            .arg(&launch.program)
            .args(&launch.arguments)
            .env_clear()
            .envs(&launch.environment)
            .current_dir(&launch.folder)
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(errors)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::io(doing()))?;
        let leader = child
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?))
            .ok_or_else(|| Error::NotRunning {
                name: launch.name.clone(),
            })?;
        let lifeline = child.stdin.take();
        self.running = Some(Running {
            child,
            leader,
            _lifeline: lifeline,
        });
        Ok(())
    }

    /// What it is called in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.launch.name
    }

    /// The file with its standard output and error.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.launch.log
    }

    /// Its process id, while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.running.as_ref()?.child.id()
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.ended().is_none() && self.running.is_some()
    }

    /// How it ended, if it was started and did.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.running.as_mut()?.child.try_wait().ok().flatten()
    }

    /// SIGKILL to its whole group, as a crash or a lost machine would look;
    /// returns when it is gone. Does nothing when it does not run.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub async fn kill(&mut self) -> Result<()> {
        let Some(mut running) = self.running.take() else {
            return Ok(());
        };
        running.kill_group();
        let waited = running.child.wait().await;
        waited.map_err(Error::io(format!(
            "wait for the end of {}",
            self.launch.name
        )))?;
        Ok(())
    }

    /// SIGTERM, then waits at most `patience` for its orderly end; what else is
    /// left of its group is killed.
    ///
    /// # Errors
    /// [`Error::NotRunning`]; [`Error::StillRunning`] after `patience`, and it
    /// goes on running.
    pub async fn terminate(&mut self, patience: Duration) -> Result<ExitStatus> {
        self.signal(Signal::TERM)?;
        let not_running = || Error::NotRunning {
            name: self.launch.name.clone(),
        };
        let Some(running) = self.running.as_mut() else {
            return Err(not_running());
        };
        let Ok(waited) = timeout(patience, running.child.wait()).await else {
            return Err(Error::StillRunning {
                name: self.launch.name.clone(),
                waited: patience,
            });
        };
        self.running = None;
        waited.map_err(Error::io(format!(
            "wait for the end of {}",
            self.launch.name
        )))
    }

    /// Stops it without ending it (SIGSTOP): its sockets stay open and silent.
    ///
    /// # Errors
    /// [`Error::NotRunning`].
    pub fn pause(&mut self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on after [`Process::pause`].
    ///
    /// # Errors
    /// [`Error::NotRunning`].
    pub fn resume(&mut self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&mut self, signal: Signal) -> Result<()> {
        let running = self.is_running().then_some(()).and(self.running.as_ref());
        let Some(running) = running else {
            return Err(Error::NotRunning {
                name: self.launch.name.clone(),
            });
        };
        let doing = format!("send a signal to {}", self.launch.name);
        kill_process(running.leader, signal).map_err(|errno| Error::io(doing)(errno.into()))
    }

    /// The last lines of its output, for error messages.
    pub(crate) fn log_tail(&self) -> String {
        tail_of(&self.launch.log)
    }
}

impl Running {
    fn kill_group(&self) {
        // An error says that nobody of the group is left, which is the aim.
        let _ = kill_process_group(self.leader, Signal::KILL);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill_group();
        // Its folder is often removed right after: wait until it writes no more.
        // SIGKILL needs milliseconds; the bound is for a hung file system.
        for _ in 0..200 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

fn open_log(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(Error::io(format!("open the log {}", path.display())))
}

/// The last 20 lines of a file, or why there are none.
pub(crate) fn tail_of(path: &Path) -> String {
    match fs::read(path) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            let lines: Vec<&str> = text.lines().collect();
            lines[lines.len().saturating_sub(20)..].join("\n")
        }
        Err(error) => format!("(no output: {error})"),
    }
}
