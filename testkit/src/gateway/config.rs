//! The lean configuration and environment of a real gateway under test.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    path::Path,
};

use serde_json::{Value, json};

use crate::OpenClaw;

/// How a gateway lets clients in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatewayAuth {
    /// A shared token.
    Token(String),
    /// A shared password.
    Password(String),
    /// Nothing is asked for.
    Open,
}

/// What differs from one gateway under test to another.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// How clients are let in. By default the token `testkit-token`.
    pub auth: GatewayAuth,
    /// Origins beside loopback from which browsers may connect, such as
    /// `http://192.0.2.1:8080`.
    pub allowed_origins: Vec<String>,
    /// Whether its bundled plugins run (they make the start 3 s slower).
    pub plugins: bool,
    /// Whether it serves its own page.
    pub control_ui: bool,
    /// Whether local devices are paired without being asked (its default).
    /// With `false` every new device waits for an approval.
    pub silent_pairing: bool,
    /// Proxies whose `X-Forwarded-For` counts; a client behind one is not local.
    pub trusted_proxies: Vec<String>,
    /// The WebSocket of a WhatsApp for its plugin `@openclaw/whatsapp`
    /// (see [`OpenClaw::install_whatsapp`]); without one it has no WhatsApp.
    pub whatsapp: Option<String>,
    /// The port; by default one that is free.
    pub port: Option<u16>,
    /// Merged over the whole configuration, object by object.
    pub extra: Value,
}

impl Default for GatewayOptions {
    fn default() -> Self {
        Self {
            auth: GatewayAuth::Token("testkit-token".to_owned()),
            allowed_origins: Vec::new(),
            plugins: false,
            control_ui: false,
            silent_pairing: true,
            trusted_proxies: Vec::new(),
            whatsapp: None,
            port: None,
            extra: Value::Null,
        }
    }
}

impl GatewayOptions {
    /// The configuration file for a gateway that lives in `folder`.
    pub(super) fn config(&self, folder: &Path, port: u16, provider: &str) -> Value {
        let auth = match &self.auth {
            GatewayAuth::Token(token) => json!({ "mode": "token", "token": token }),
            GatewayAuth::Password(password) => json!({ "mode": "password", "password": password }),
            GatewayAuth::Open => json!({ "mode": "none" }),
        };
        let model = json!({
            "id": "stub-1", "name": "Stub One", "reasoning": false, "input": ["text", "image"],
            "cost": { "input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0 },
            "contextWindow": 128_000, "maxTokens": 8192,
        });
        let mut config = json!({
            "gateway": {
                "mode": "local", "port": port, "bind": "loopback", "auth": auth,
                "controlUi": { "enabled": self.control_ui, "allowedOrigins": self.allowed_origins },
            },
            "discovery": { "mdns": { "mode": "off" } },
            "update": { "checkOnStart": false },
            "cron": { "enabled": false },
            "plugins": { "enabled": self.plugins },
            // Without a name it logs to the system's temporary folder.
            "logging": { "file": folder.join("gateway.log") },
            "agents": { "defaults": {
                "workspace": folder.join("workspace"), "skipBootstrap": true,
                "model": { "primary": "stub/stub-1" }, "heartbeat": { "every": "0m" },
            } },
            "models": { "mode": "replace", "providers": { "stub": {
                "baseUrl": provider, "apiKey": "stub-local", "api": "openai-completions",
                "models": [model],
            } } },
        });
        if !self.silent_pairing {
            let nodes =
                json!({ "gateway": { "nodes": { "pairing": { "autoApproveLocal": false } } } });
            merge(&mut config, &nodes);
        }
        if !self.trusted_proxies.is_empty() {
            merge(
                &mut config,
                &json!({ "gateway": { "trustedProxies": self.trusted_proxies } }),
            );
        }
        if self.whatsapp.is_some() {
            let plugin = json!({ "enabled": true, "entries": { "whatsapp": { "enabled": true } } });
            merge(&mut config, &json!({ "plugins": plugin }));
        }
        merge(&mut config, &self.extra);
        config
    }

    /// The whole environment of the gateway and of its command line tool.
    pub(super) fn environment(
        &self,
        openclaw: &OpenClaw,
        folder: &Path,
    ) -> BTreeMap<OsString, OsString> {
        let mut environment = lean_environment(openclaw, folder);
        if let Some(address) = &self.whatsapp {
            environment.remove(OsStr::new(WITHOUT_CHANNELS));
            environment.insert("OPENCLAW_WHATSAPP_WEB_SOCKET_URL".into(), address.into());
        }
        environment
    }
}

const WITHOUT_CHANNELS: &str = "OPENCLAW_SKIP_CHANNELS";

fn lean_environment(openclaw: &OpenClaw, folder: &Path) -> BTreeMap<OsString, OsString> {
    let mut path = openclaw.node_folder().into_os_string();
    path.push(":/usr/local/bin:/usr/bin:/bin");
    let places: [(&str, OsString); 5] = [
        ("PATH", path),
        ("HOME", folder.join("home").into()),
        ("TMPDIR", openclaw.temporary().into()),
        ("OPENCLAW_STATE_DIR", folder.join("state").into()),
        ("OPENCLAW_CONFIG_PATH", folder.join("openclaw.json").into()),
    ];
    let switches = [
        (WITHOUT_CHANNELS, "1"),
        ("OPENCLAW_SKIP_CRON", "1"),
        ("OPENCLAW_SKIP_GMAIL_WATCHER", "1"),
        ("OPENCLAW_SKIP_BROWSER_CONTROL_SERVER", "1"),
        ("OPENCLAW_SKIP_CANVAS_HOST", "1"),
        ("OPENCLAW_DISABLE_BONJOUR", "1"),
        ("OPENCLAW_NO_RESPAWN", "1"),
        ("OPENCLAW_NO_AUTO_UPDATE", "1"),
        ("OPENCLAW_EXEC_SHELL_SNAPSHOT", "0"),
        ("OPENCLAW_SKIP_STARTUP_MODEL_PREWARM", "1"),
    ];
    let places = places.into_iter().map(|(name, value)| (name.into(), value));
    places
        .chain(
            switches
                .into_iter()
                .map(|(name, value)| (name.into(), value.into())),
        )
        .collect()
}

/// Lays `over` upon `base`: objects are merged, anything else is replaced and
/// null changes nothing.
fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (_, Value::Null) => {}
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                merge(base.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extra_configuration_changes_what_it_names_and_keeps_the_rest() {
        let options = GatewayOptions {
            silent_pairing: false,
            extra: json!({ "gateway": { "port": 7, "nodes": { "x": [1] } }, "tools": { "exec": {} } }),
            ..GatewayOptions::default()
        };
        let config = options.config(Path::new("/f"), 5, "http://p/v1");
        assert_eq!(config["gateway"]["port"], 7);
        assert_eq!(config["gateway"]["mode"], "local");
        assert_eq!(
            config["gateway"]["nodes"],
            json!({ "pairing": { "autoApproveLocal": false }, "x": [1] })
        );
        assert_eq!(config["tools"], json!({ "exec": {} }));
    }
}
