//! A process that serves HTTP and says at `/readyz` when it is ready.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::ExitStatus,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::{Error, Launch, Process, Result, http};

const ASK_EVERY: Duration = Duration::from_millis(50);

/// A [`Process`] with a port that stays the same over restarts.
#[derive(Debug)]
pub struct Service {
    process: Process,
    port: u16,
}

impl Service {
    /// Starts the process; `launch` must make it listen on 127.0.0.1:`port`.
    ///
    /// # Errors
    /// Those of [`Process::start`].
    pub fn start(launch: Launch, port: u16) -> Result<Self> {
        Ok(Self {
            process: Process::start(launch)?,
            port,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Its WebSocket address, `ws://127.0.0.1:PORT/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}/", self.address())
    }

    /// Its process id, while it runs.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.process.id()
    }

    /// The file with its standard output and error.
    #[must_use]
    pub fn output(&self) -> &Path {
        self.process.log()
    }

    /// Whether the process has not ended.
    pub fn is_running(&mut self) -> bool {
        self.process.is_running()
    }

    /// Waits until `GET /readyz` answers 200; returns how long that took.
    ///
    /// # Errors
    /// [`Error::Ended`], [`Error::NotRunning`], or [`Error::NotReady`] after
    /// `patience`.
    pub async fn ready(&mut self, patience: Duration) -> Result<Duration> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.process.ended() {
                return Err(Error::Ended {
                    name: self.process.name().to_owned(),
                    status,
                    log: self.output().to_owned(),
                    tail: self.process.log_tail(),
                });
            }
            if !self.process.is_running() {
                return Err(Error::NotRunning {
                    name: self.process.name().to_owned(),
                });
            }
            let answer = http::get(self.address(), "/readyz").await;
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(begun.elapsed());
            }
            if begun.elapsed() > patience {
                return Err(Error::NotReady {
                    name: self.process.name().to_owned(),
                    waited: patience,
                    log: self.output().to_owned(),
                    tail: self.process.log_tail(),
                });
            }
            sleep(ASK_EVERY).await;
        }
    }

    /// SIGKILL to the whole process group; returns when it is gone.
    ///
    /// # Errors
    /// Those of [`Process::kill`].
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill().await
    }

    /// SIGTERM, then waits at most `patience` for its end.
    ///
    /// # Errors
    /// Those of [`Process::terminate`].
    pub async fn terminate(&mut self, patience: Duration) -> Result<ExitStatus> {
        self.process.terminate(patience).await
    }

    /// Starts it again on the same port, with the same state; kills it first if
    /// it still runs. Does not wait until it is ready.
    ///
    /// # Errors
    /// Those of [`Process::start`].
    pub async fn restart(&mut self) -> Result<()> {
        self.process.kill().await?;
        self.process.start_again()
    }

    /// Stops it without ending it: its sockets stay open and silent.
    ///
    /// # Errors
    /// [`Error::NotRunning`].
    pub fn pause(&mut self) -> Result<()> {
        self.process.pause()
    }

    /// Lets it go on after [`Service::pause`].
    ///
    /// # Errors
    /// [`Error::NotRunning`].
    pub fn resume(&mut self) -> Result<()> {
        self.process.resume()
    }
}
