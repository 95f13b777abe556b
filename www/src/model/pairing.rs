//! The pairing screen's words: what the owner of the gateway has to type.

/// What kind of gateway is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatewayKind {
    /// The one inside `clawline-relay`.
    Relay,
    /// OpenClaw itself.
    OpenClaw,
}

/// A device that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// The id of the request, when the gateway named one.
    pub request_id: Option<String>,
    /// Why approval is needed, as the gateway calls it (`not-paired`, …).
    pub reason: String,
    /// This device's id: 64 hexadecimal digits.
    pub device_id: Option<String>,
}

impl Pairing {
    /// The command that approves this request.
    ///
    /// The id comes from the network and ends in a shell, so one that is more
    /// than letters, digits and dashes is not made into a command.
    #[must_use]
    pub fn command(&self, kind: GatewayKind) -> Option<String> {
        let id = self.request_id.as_deref()?;
        let plain = id.len() <= 100
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if id.is_empty() || !plain || id.starts_with('-') {
            return None;
        }
        let program = match kind {
            GatewayKind::Relay => "clawline-relay",
            GatewayKind::OpenClaw => "openclaw",
        };
        Some(format!("{program} devices approve {id}"))
    }

    /// The command that lists what waits, for when there is no id.
    #[must_use]
    pub fn list_command(kind: GatewayKind) -> &'static str {
        match kind {
            GatewayKind::Relay => "clawline-relay devices list",
            GatewayKind::OpenClaw => "openclaw devices list",
        }
    }

    /// One sentence on why this screen is here.
    #[must_use]
    pub fn explanation(&self) -> &'static str {
        match self.reason.as_str() {
            "scope-upgrade" => {
                "This browser asks for more rights than the gateway has given it so far."
            }
            "role-upgrade" => {
                "This browser asks for a role that the gateway has not given it, or has taken away."
            }
            "metadata-upgrade" => {
                "The gateway knows this browser by another description and wants it approved again."
            }
            _ => {
                "The gateway does not know this browser yet. Whoever runs the gateway approves it once."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairing(id: Option<&str>) -> Pairing {
        Pairing {
            request_id: id.map(str::to_owned),
            reason: "not-paired".into(),
            device_id: None,
        }
    }

    #[test]
    fn the_command_fits_the_gateway() {
        let waiting = pairing(Some("4c3ee356-12ab"));
        assert_eq!(
            waiting.command(GatewayKind::OpenClaw).as_deref(),
            Some("openclaw devices approve 4c3ee356-12ab")
        );
        assert_eq!(
            waiting.command(GatewayKind::Relay).as_deref(),
            Some("clawline-relay devices approve 4c3ee356-12ab")
        );
    }

    #[test]
    fn an_id_that_a_shell_would_read_is_no_command() {
        for id in ["x; rm -rf /", "$(id)", "--all", "", "a b"] {
            assert_eq!(
                pairing(Some(id)).command(GatewayKind::OpenClaw),
                None,
                "{id}"
            );
        }
        assert_eq!(pairing(None).command(GatewayKind::Relay), None);
    }
}
