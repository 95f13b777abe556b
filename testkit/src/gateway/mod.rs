//! A real OpenClaw gateway with a private home, state and port.

mod config;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

pub use self::config::{GatewayAuth, GatewayOptions};
use crate::{Error, Launch, OpenClaw, Result, Service, restartable_port};

const CLI_DEADLINE: Duration = Duration::from_secs(60);

/// A running (or killed, or terminated) real gateway.
///
/// Its state lives in a temporary folder until this value is dropped, so that
/// it can be killed and restarted any number of times.
#[derive(Debug)]
pub struct RealGateway {
    // Dropped before the folder in which it writes.
    service: Service,
    openclaw: OpenClaw,
    auth: GatewayAuth,
    environment: BTreeMap<OsString, OsString>,
    folder: TempDir,
}

impl RealGateway {
    /// Starts a gateway whose one model is served by `provider`, the base URL
    /// of an OpenAI-compatible API (see [`crate::StubProvider::base_url`]).
    ///
    /// Returns before it is ready: see [`RealGateway::ready`], about 7 s.
    ///
    /// # Errors
    /// When no port is free, or its folder or process cannot be made.
    pub fn start(openclaw: &OpenClaw, provider: &str, options: &GatewayOptions) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("clawline-gateway-")
            .tempdir();
        let folder = folder.map_err(Error::io("make a folder for the gateway"))?;
        let port = options.port.map_or_else(restartable_port, Ok)?;
        for inner in ["home", "state", "workspace"] {
            fs::create_dir(folder.path().join(inner))
                .map_err(Error::io("fill the gateway's folder"))?;
        }
        fs::create_dir_all(openclaw.temporary()).map_err(Error::io("make a temporary folder"))?;
        let config = options.config(folder.path(), port, provider);
        let file = folder.path().join("openclaw.json");
        fs::write(file, config.to_string())
            .map_err(Error::io("write the gateway's configuration"))?;
        if options.whatsapp.is_some() {
            openclaw.give_whatsapp_to(&folder.path().join("state"))?;
        }
        let environment = options.environment(openclaw, folder.path());
        let launch = Launch {
            name: format!("the real gateway on port {port}"),
            program: openclaw.node(),
            arguments: vec![openclaw.entry().into(), "gateway".into(), "run".into()],
            environment: environment.clone(),
            folder: folder.path().to_owned(),
            log: folder.path().join("output.txt"),
        };
        let service = Service::start(launch, port)?;
        Ok(Self {
            service,
            openclaw: openclaw.clone(),
            auth: options.auth.clone(),
            environment,
            folder,
        })
    }

    /// Waits until it answers `GET /readyz` with 200; returns how long it took.
    ///
    /// # Errors
    /// When it ends by itself or is not ready within `patience`.
    pub async fn ready(&mut self, patience: Duration) -> Result<Duration> {
        self.service.ready(patience).await
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.service.address()
    }

    /// Its WebSocket address, `ws://127.0.0.1:PORT/`.
    #[must_use]
    pub fn url(&self) -> String {
        self.service.url()
    }

    /// How it lets clients in.
    #[must_use]
    pub fn auth(&self) -> &GatewayAuth {
        &self.auth
    }

    /// The file in which it logs.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.folder.path().join("gateway.log")
    }

    /// The folder that holds its home, state, configuration and logs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The supervised process: kill, terminate, pause, process id.
    pub fn service(&mut self) -> &mut Service {
        &mut self.service
    }

    /// SIGKILL to its whole process group; returns when it is gone.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub async fn kill(&mut self) -> Result<()> {
        self.service.kill().await
    }

    /// SIGTERM, then waits at most `patience`: with a run under way the gateway
    /// waits for the run's end first, up to 315 s.
    ///
    /// # Errors
    /// [`Error::NotRunning`] or [`Error::StillRunning`].
    pub async fn terminate(&mut self, patience: Duration) -> Result<ExitStatus> {
        self.service.terminate(patience).await
    }

    /// Starts it again on the same port with the same state; kills it first if
    /// it still runs. Does not wait until it is ready.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub async fn restart(&mut self) -> Result<()> {
        self.service.restart().await
    }

    /// What `openclaw devices list --json` prints: `pending` and `paired`.
    ///
    /// # Errors
    /// [`Error::Cli`] when the tool fails.
    pub async fn devices_list(&self) -> Result<Value> {
        self.cli(&["devices", "list", "--json"]).await
    }

    /// `openclaw devices approve REQUEST --json`: pairs a waiting device.
    ///
    /// # Errors
    /// [`Error::Cli`] when the tool fails, as for an unknown request.
    pub async fn devices_approve(&self, request_id: &str) -> Result<Value> {
        self.cli(&["devices", "approve", request_id, "--json"])
            .await
    }

    /// `openclaw devices reject REQUEST --json`: refuses a waiting device.
    ///
    /// # Errors
    /// [`Error::Cli`] when the tool fails, as for an unknown request.
    pub async fn devices_reject(&self, request_id: &str) -> Result<Value> {
        self.cli(&["devices", "reject", request_id, "--json"]).await
    }

    /// Runs the gateway's own command line tool against it and reads its JSON.
    ///
    /// # Errors
    /// [`Error::Cli`] when it fails, prints no JSON or takes over 60 s.
    pub async fn cli(&self, arguments: &[&str]) -> Result<Value> {
        let failed = |output: String| Error::Cli {
            arguments: arguments.join(" "),
            output,
        };
        let mut command = Command::new(self.openclaw.node());
        command
            .arg(self.openclaw.entry())
            .args(arguments)
            .env_clear()
            .envs(&self.environment)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let Ok(output) = timeout(CLI_DEADLINE, command.output()).await else {
            return Err(failed(format!("no answer within {CLI_DEADLINE:?}")));
        };
        let output = output.map_err(Error::io("start the gateway's command line tool"))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            let text = format!("{}\n{}", printed.trim(), complaint.trim());
            return Err(failed(text.trim().chars().take(2000).collect()));
        }
        // Notices may come before the JSON.
        let json = printed
            .find(['{', '['])
            .map_or("", |start| &printed[start..]);
        serde_json::from_str(json.trim())
            .map_err(|error| failed(format!("its output is not JSON ({error})")))
    }

    /// Writes an executable script that is the `openclaw` command for this
    /// gateway, for a person who tries things by hand; returns its path.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_command(&self) -> Result<PathBuf> {
        use std::os::unix::fs::PermissionsExt as _;

        let mut script = String::from("#!/bin/sh\nexec env -i");
        for (name, value) in &self.environment {
            let assignment = format!("{}={}", name.to_string_lossy(), value.to_string_lossy());
            script.push_str(&format!(" {}", quoted(&assignment)));
        }
        for part in [self.openclaw.node(), self.openclaw.entry()] {
            script.push_str(&format!(" {}", quoted(&part.to_string_lossy())));
        }
        script.push_str(" \"$@\"\n");
        let path = self.folder.path().join("openclaw");
        let doing = "write the openclaw command of a gateway";
        fs::write(&path, script).map_err(Error::io(doing))?;
        let executable = fs::Permissions::from_mode(0o700);
        fs::set_permissions(&path, executable).map_err(Error::io(doing))?;
        Ok(path)
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
