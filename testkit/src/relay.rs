//! Our own `clawline-relay` under supervision, for tests that kill it.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{Error, Launch, Result, Service, restartable_port};

/// A running `clawline-relay serve` with a port and data folder that outlive
/// its kills.
#[derive(Debug)]
pub struct Relay {
    // Dropped before the folder in which it writes.
    service: Service,
    folder: TempDir,
}

impl Relay {
    /// Starts `program serve --listen 127.0.0.1:PORT --data-dir FOLDER` with
    /// further arguments and, beside `PATH`, `environment`. Returns before it is ready: see
    /// [`Service::ready`].
    ///
    /// # Errors
    /// When no port is free, or its folder or process cannot be made.
    pub fn start(
        program: &Path,
        arguments: &[String],
        environment: &BTreeMap<String, String>,
    ) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("clawline-relay-").tempdir();
        let folder = folder.map_err(Error::io("make a folder for the relay"))?;
        let data = folder.path().join("data");
        fs::create_dir(&data).map_err(Error::io("make the relay's data folder"))?;
        // Relative paths among the arguments mean what they mean to the caller.
        let here = env::current_dir().map_err(Error::io("find the working folder"))?;
        let port = restartable_port()?;
        let listen = SocketAddr::from(([127, 0, 0, 1], port)).to_string();
        let own = [
            "serve".into(),
            "--listen".into(),
            listen.into(),
            "--data-dir".into(),
            data.into(),
        ];
        let mut variables: BTreeMap<OsString, OsString> = environment
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        // A private home: nothing of the person who runs the tests is touched.
        variables
            .entry("HOME".into())
            .or_insert_with(|| folder.path().into());
        if let Some(path) = env::var_os("PATH") {
            variables.entry("PATH".into()).or_insert(path);
        }
        let launch = Launch {
            name: format!("the relay on port {port}"),
            program: program.to_owned(),
            arguments: own
                .into_iter()
                .chain(arguments.iter().map(OsString::from))
                .collect(),
            environment: variables,
            folder: here,
            log: folder.path().join("output.txt"),
        };
        Ok(Self {
            service: Service::start(launch, port)?,
            folder,
        })
    }

    /// Its data folder, which every restart gets again.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The supervised process: ready, kill, terminate, restart, address.
    pub fn service(&mut self) -> &mut Service {
        &mut self.service
    }
}
