//! The pairing screen's words: what the owner of the gateway has to type.

use super::words::Words;

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
    pub fn instruction(&self) -> Words {
        match (&self.command, &self.request_id) {
            (Some(_), _) => Words::of("pairing-by-command"),
            (None, Some(_)) => Words::of("pairing-by-request"),
            (None, None) => Words::of("pairing-unnamed"),
        }
    }

    /// One sentence on why this screen is here.
    #[must_use]
    pub fn explanation(&self) -> Words {
        match self.reason.as_str() {
            "scope-upgrade" => Words::of("pairing-more-rights"),
            "role-upgrade" => Words::of("pairing-another-role"),
            "metadata-upgrade" => Words::of("pairing-another-description"),
            _ => Words::of("pairing-new"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::catalogues::english;
    use super::*;

    #[test]
    fn without_a_command_of_its_own_no_program_is_named() {
        let mut pairing = Pairing {
            request_id: Some("4c3e".to_owned()),
            reason: "not-paired".to_owned(),
            device_id: None,
            command: Some("clawline-relay devices approve 4c3e".to_owned()),
        };
        let instruction = |pairing: &Pairing| english(&pairing.instruction());
        assert!(instruction(&pairing).ends_with("type:"));
        pairing.command = None;
        assert!(instruction(&pairing).contains("request below"));
        pairing.request_id = None;
        assert!(!instruction(&pairing).contains("request below"));
        for words in [instruction(&pairing), english(&pairing.explanation())] {
            assert!(!words.contains("openclaw") && !words.contains("relay"));
        }
    }
}
