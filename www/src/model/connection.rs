//! The state of the connection in a person's words.

use super::pairing::Pairing;

/// What the page knows about its connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// No gateway has been chosen, or the person has closed the connection.
    Off,
    /// The first connection is being made.
    Connecting {
        /// Why the last attempt failed, when there was one.
        cause: Option<String>,
    },
    /// Messages go out and come in.
    Connected {
        /// What the gateway calls itself.
        gateway: String,
    },
    /// A connection that worked is being made again.
    Reconnecting {
        /// Why it ended.
        cause: Option<String>,
    },
    /// The gateway's owner has to approve this browser.
    WaitingForApproval(Pairing),
    /// The gateway refuses what we showed it. Only a person can change that.
    SignedOut(Problem),
    /// The connection cannot be made and is not tried again by itself.
    Stopped(Problem),
    /// This device has no network.
    NoNetwork,
}

/// Something that a person has to put right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// The gateway's code, such as `AUTH_TOKEN_MISMATCH`; may be empty.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it; may be empty.
    pub remedy: String,
}

impl Problem {
    /// Whether the gateway wants a password.
    #[must_use]
    pub fn wants_password(&self) -> bool {
        matches!(
            self.code.as_str(),
            "AUTH_PASSWORD_MISSING" | "AUTH_PASSWORD_MISMATCH"
        )
    }

    /// Whether the gateway wants another token, or one at all.
    #[must_use]
    pub fn wants_token(&self) -> bool {
        self.code.starts_with("AUTH_") && !self.wants_password()
    }

    /// Whether what to do is to press the button "Forget this device".
    #[must_use]
    pub fn offers_forgetting(&self) -> bool {
        self.remedy.contains("Forget this device")
    }
}

/// How good the news is: the colour of the mark beside the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// Being worked on, nothing to do.
    Busy,
    /// Somebody has to do something.
    Bad,
}

impl Connection {
    /// The first words of the status line. They are part of the page's
    /// contract with its users' tests and tools: see the accessible names.
    #[must_use]
    pub fn headline(&self) -> &'static str {
        match self {
            Self::Connecting { .. } => "Connecting",
            Self::Connected { .. } => "Connected",
            Self::Reconnecting { .. } => "Reconnecting",
            Self::WaitingForApproval(_) => "Waiting for approval",
            Self::SignedOut(_) => "Signed out",
            Self::Off | Self::Stopped(_) | Self::NoNetwork => "Offline",
        }
    }

    /// What follows the headline: the reason, or where we are connected.
    /// Says no numbers that change by themselves: it is read out at each change.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Off => Some("Not connected to a gateway.".to_owned()),
            Self::Connected { gateway } if gateway.is_empty() => None,
            Self::Connected { gateway } => Some(format!("to {gateway}")),
            Self::Connecting { cause } | Self::Reconnecting { cause } => cause.clone(),
            Self::WaitingForApproval(_) => {
                Some("The gateway's owner has to approve this browser.".to_owned())
            }
            Self::SignedOut(problem) | Self::Stopped(problem) => Some(problem.message.clone()),
            Self::NoNetwork => Some("This device has no network.".to_owned()),
        }
    }

    /// The whole line.
    #[must_use]
    pub fn line(&self) -> String {
        let headline = self.headline();
        match (self, self.detail()) {
            (_, None) => headline.to_owned(),
            (Self::Connected { .. }, Some(place)) => format!("{headline} {place}"),
            (_, Some(reason)) => format!("{headline}: {reason}"),
        }
    }

    /// Whether a button "Retry now" makes sense.
    #[must_use]
    pub fn can_retry(&self) -> bool {
        matches!(
            self,
            Self::Connecting { cause: Some(_) }
                | Self::Reconnecting { .. }
                | Self::WaitingForApproval(_)
                | Self::SignedOut(_)
                | Self::Stopped(_)
                | Self::NoNetwork
        )
    }

    /// How good the news is.
    #[must_use]
    pub fn tone(&self) -> Tone {
        match self {
            Self::Connected { .. } => Tone::Good,
            Self::Connecting { .. } | Self::Reconnecting { .. } | Self::WaitingForApproval(_) => {
                Tone::Busy
            }
            Self::Off | Self::SignedOut(_) | Self::Stopped(_) | Self::NoNetwork => Tone::Bad,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_begins_with_one_of_the_six_promised_words() {
        let problem = Problem {
            message: "No.".into(),
            ..Problem::default()
        };
        let pairing = Pairing {
            request_id: None,
            reason: String::new(),
            device_id: None,
            command: None,
        };
        let states = [
            (Connection::Off, "Offline"),
            (Connection::Connecting { cause: None }, "Connecting"),
            (
                Connection::Connected {
                    gateway: String::new(),
                },
                "Connected",
            ),
            (Connection::Reconnecting { cause: None }, "Reconnecting"),
            (
                Connection::WaitingForApproval(pairing),
                "Waiting for approval",
            ),
            (Connection::SignedOut(problem.clone()), "Signed out"),
            (Connection::Stopped(problem), "Offline"),
            (Connection::NoNetwork, "Offline"),
        ];
        for (state, words) in states {
            assert!(state.line().starts_with(words), "{state:?}");
        }
    }

    #[test]
    fn the_button_stands_where_the_words_name_it() {
        let problem = |remedy: &str| Problem {
            remedy: remedy.into(),
            ..Problem::default()
        };
        assert!(problem("Press \"Forget this device\", then connect again.").offers_forgetting());
        assert!(!problem("Enter the token.").offers_forgetting());
    }

    #[test]
    fn a_password_is_asked_for_only_when_the_gateway_wants_one() {
        let problem = |code: &str| Problem {
            code: code.into(),
            ..Problem::default()
        };
        assert!(problem("AUTH_PASSWORD_MISSING").wants_password());
        assert!(!problem("AUTH_PASSWORD_MISSING").wants_token());
        assert!(problem("AUTH_TOKEN_MISMATCH").wants_token());
        assert!(!problem("PROTOCOL_MISMATCH").wants_token());
    }
}
