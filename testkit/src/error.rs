//! What can go wrong in the test kit, said so that a reader of a test log
//! knows what to do.

use std::{io, path::PathBuf, process::ExitStatus, time::Duration};

/// The result of most calls of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the test kit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused something.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was tried, as a verb phrase.
        doing: String,
        /// The refusal.
        source: io::Error,
    },
    /// None of the variables that could name a cache folder is set.
    #[error("no place for the cache: set CLAWLINE_CACHE to a folder that may hold 1 GB")]
    NoCacheFolder,
    /// A step of the gateway's installation failed.
    #[error(
        "installing the real gateway failed at `{step}` (whole log: {log}); \
         check that npm reaches its registry, then run again\n{tail}",
        log = log.display()
    )]
    Install {
        /// The command that failed.
        step: String,
        /// Where its whole output is.
        log: PathBuf,
        /// The last lines of its output.
        tail: String,
    },
    /// No port of the range that the kit uses is free.
    #[error("no free port between {first} and {last} on 127.0.0.1: end some listeners")]
    NoFreePort {
        /// First port tried.
        first: u16,
        /// Last port tried.
        last: u16,
    },
    /// A process ended while it was waited for.
    #[error("{name} ended by itself ({status}); its output ({log}) ends with:\n{tail}", log = log.display())]
    Ended {
        /// Which process.
        name: String,
        /// How it ended.
        status: ExitStatus,
        /// Where its whole output is.
        log: PathBuf,
        /// The last lines of its output.
        tail: String,
    },
    /// A process did not become ready in time.
    #[error(
        "{name} did not answer /readyz with 200 within {waited:?}; its output ({log}) ends with:\n{tail}",
        log = log.display()
    )]
    NotReady {
        /// Which process.
        name: String,
        /// How long it was waited for.
        waited: Duration,
        /// Where its whole output is.
        log: PathBuf,
        /// The last lines of its output.
        tail: String,
    },
    /// A process did not end after SIGTERM.
    #[error("{name} still runs {waited:?} after SIGTERM: kill it, or end what it waits for")]
    StillRunning {
        /// Which process.
        name: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// Something needs a running process and there is none.
    #[error("{name} is not running: restart it first")]
    NotRunning {
        /// Which process.
        name: String,
    },
    /// A start was asked for while the process runs.
    #[error("{name} is running already: kill or terminate it first")]
    AlreadyRunning {
        /// Which process.
        name: String,
    },
    /// The gateway's own command line tool said no.
    #[error("`openclaw {arguments}` failed: {output}")]
    Cli {
        /// Its arguments.
        arguments: String,
        /// What it printed, shortened.
        output: String,
    },
    /// An address that the kit cannot use.
    #[error("`{given}` is not an address of the form {wanted}")]
    BadAddress {
        /// What was given.
        given: String,
        /// What would be right.
        wanted: &'static str,
    },
}

impl Error {
    /// Wraps an I/O error: `Error::io("open the log")`.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        |source| Self::Io { doing, source }
    }
}
