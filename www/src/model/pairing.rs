//! The pairing screen's words: what the owner of the gateway has to type.

/// A device that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// The id of the request, when the gateway named one.
    pub request_id: Option<String>,
    /// Why approval is needed, as the gateway calls it (`not-paired`, …).
    pub reason: String,
    /// This device's id: 64 hexadecimal digits.
    pub device_id: Option<String>,
    /// The command that approves it, as the gateway that asked says.
    pub command: Option<String>,
}

impl Pairing {
    /// What to do; a command follows where the gateway has said one.
    #[must_use]
    pub fn instruction(&self) -> &'static str {
        match (&self.command, &self.request_id) {
            (Some(_), _) => "On the machine where the gateway runs, type:",
            (None, Some(_)) => {
                "Approve the request below where the gateway is run: by its own command for devices, or in its dashboard."
            }
            (None, None) => {
                "The gateway did not name the request. Where it is run, list the devices that wait, and approve this browser."
            }
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

    #[test]
    fn without_a_command_of_its_own_no_program_is_named() {
        let mut pairing = Pairing {
            request_id: Some("4c3e".to_owned()),
            reason: "not-paired".to_owned(),
            device_id: None,
            command: Some("clawline-relay devices approve 4c3e".to_owned()),
        };
        assert!(pairing.instruction().ends_with("type:"));
        pairing.command = None;
        assert!(pairing.instruction().contains("request below"));
        pairing.request_id = None;
        assert!(!pairing.instruction().contains("request below"));
        for words in [pairing.instruction(), pairing.explanation()] {
            assert!(!words.contains("openclaw") && !words.contains("relay"));
        }
    }
}
