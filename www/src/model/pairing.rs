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
    /// than letters, digits and dashes is not made into a command. `told` is how
    /// the relay that served the page says that its command begins: with the
    /// program as it was started and the folder of its data.
    #[must_use]
    pub fn command(&self, kind: GatewayKind, told: Option<&str>) -> Option<String> {
        let id = self.request_id.as_deref()?;
        let plain = id.len() <= 100
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if id.is_empty() || !plain || id.starts_with('-') {
            return None;
        }
        let told = told.filter(|told| is_one_line(told));
        let start = match kind {
            GatewayKind::Relay => told.unwrap_or("clawline-relay devices approve"),
            GatewayKind::OpenClaw => "openclaw devices approve",
        };
        Some(format!("{start} {id}"))
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

/// Whether a text is one line that a terminal shows as it is.
fn is_one_line(text: &str) -> bool {
    const LONGEST: usize = 4_096;
    !text.trim().is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)
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
            waiting.command(GatewayKind::OpenClaw, None).as_deref(),
            Some("openclaw devices approve 4c3ee356-12ab")
        );
        assert_eq!(
            waiting.command(GatewayKind::Relay, None).as_deref(),
            Some("clawline-relay devices approve 4c3ee356-12ab")
        );
    }

    #[test]
    fn the_relay_knows_best_how_it_is_called_and_nobody_else_is_called_so() {
        let waiting = pairing(Some("4c3ee356-12ab"));
        let told = Some("/opt/claw/clawline-relay --data-dir '/srv/my claw' devices approve");
        assert_eq!(
            waiting.command(GatewayKind::Relay, told).as_deref(),
            Some(
                "/opt/claw/clawline-relay --data-dir '/srv/my claw' devices approve 4c3ee356-12ab"
            )
        );
        assert_eq!(
            waiting.command(GatewayKind::OpenClaw, told).as_deref(),
            Some("openclaw devices approve 4c3ee356-12ab")
        );
        for odd in ["", " ", "evil\nclawline-relay devices approve", "\u{1b}[2J"] {
            assert_eq!(
                waiting.command(GatewayKind::Relay, Some(odd)).as_deref(),
                Some("clawline-relay devices approve 4c3ee356-12ab")
            );
        }
    }

    #[test]
    fn an_id_that_a_shell_would_read_is_no_command() {
        for id in ["x; rm -rf /", "$(id)", "--all", "", "a b"] {
            assert_eq!(
                pairing(Some(id)).command(GatewayKind::OpenClaw, None),
                None,
                "{id}"
            );
        }
        assert_eq!(pairing(None).command(GatewayKind::Relay, None), None);
    }
}
