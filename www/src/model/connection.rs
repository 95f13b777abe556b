//! The state of the connection in a person's words.

use super::pairing::Pairing;
use super::words::Words;

/// What the page knows about its connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// No gateway has been chosen, or the person has closed the connection.
    Off,
    /// The first connection is being made.
    Connecting {
        /// Why the last attempt failed, when there was one.
        cause: Option<Words>,
    },
    /// Messages go out and come in.
    Connected {
        /// What the gateway calls itself.
        gateway: String,
    },
    /// A connection that worked is being made again.
    Reconnecting {
        /// Why it ended.
        cause: Option<Words>,
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
    pub message: Words,
    /// What to do about it, when that is known.
    pub remedy: Option<Words>,
}

impl Problem {
    /// A proxy in front of the server wants its own sign-in again.
    #[must_use]
    pub fn sign_in_ended() -> Self {
        Self {
            code: String::new(),
            message: Words::of("sign-in-ended"),
            remedy: Some(Words::of("sign-in-ended-remedy")),
        }
    }

    /// Whether what to do is to reload the page.
    #[must_use]
    pub fn offers_reload(&self) -> bool {
        self.code == "CONTROL_UI_BUILD_MISMATCH"
            || self
                .remedy
                .as_ref()
                .is_some_and(|remedy| remedy.is("sign-in-ended-remedy"))
    }

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
        matches!(
            self.code.as_str(),
            "DEVICE_AUTH_INVALID"
                | "DEVICE_AUTH_DEVICE_ID_MISMATCH"
                | "DEVICE_AUTH_SIGNATURE_INVALID"
                | "DEVICE_AUTH_PUBLIC_KEY_INVALID"
                | "signing-failed"
        )
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
    pub fn headline(&self) -> Words {
        match self {
            Self::Connecting { .. } => Words::of("status-connecting"),
            Self::Connected { .. } => Words::of("status-connected"),
            Self::Reconnecting { .. } => Words::of("status-reconnecting"),
            Self::WaitingForApproval(_) => Words::of("status-waiting"),
            Self::SignedOut(_) => Words::of("status-signed-out"),
            Self::Off | Self::Stopped(_) | Self::NoNetwork => Words::of("status-offline"),
        }
    }

    /// What follows the headline, with what joins them: the reason, or where we
    /// are connected. Says no numbers that change by themselves: it is read out
    /// at each change.
    #[must_use]
    pub fn detail(&self) -> Words {
        let reason = match self {
            Self::Off => Words::of("status-no-gateway"),
            Self::Connected { gateway } if gateway.is_empty() => return Words::default(),
            Self::Connected { gateway } => {
                return Words::of("status-place").with("gateway", gateway.as_str());
            }
            Self::Connecting { cause } | Self::Reconnecting { cause } => match cause {
                Some(cause) => cause.clone(),
                None => return Words::default(),
            },
            Self::WaitingForApproval(_) => Words::of("status-approval"),
            Self::SignedOut(problem) | Self::Stopped(problem) => problem.message.clone(),
            Self::NoNetwork => Words::of("status-no-network"),
        };
        Words::of("status-reason").with("reason", reason)
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
    use clawline_core::verdict::{CONNECT, ENDS};

    use super::super::words::catalogues::english;
    use super::*;

    #[test]
    fn every_state_begins_with_one_of_the_six_promised_words() {
        let problem = Problem {
            message: Words::said("No."),
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
            assert_eq!(english(&state.headline()), words, "{state:?}");
        }
    }

    #[test]
    fn the_line_says_where_or_why() {
        let line = |state: Connection| {
            format!("{}{}", english(&state.headline()), english(&state.detail()))
        };
        let gateway = "ws://h:1".to_owned();
        assert_eq!(
            line(Connection::Connected { gateway }),
            "Connected to ws://h:1"
        );
        assert_eq!(line(Connection::Connecting { cause: None }), "Connecting");
        assert_eq!(
            line(Connection::NoNetwork),
            "Offline: This device has no network."
        );
    }

    #[test]
    fn the_button_stands_where_the_words_name_it() {
        for row in CONNECT.iter().chain(ENDS) {
            let problem = Problem {
                code: row.code.to_owned(),
                ..Problem::default()
            };
            let names = |button: &str| row.advice.contains(button);
            assert_eq!(
                problem.offers_forgetting(),
                names("Forget this device"),
                "{}",
                row.code
            );
            assert_eq!(
                problem.offers_reload(),
                names("Reload the page"),
                "{}",
                row.code
            );
        }
        assert!(Problem::sign_in_ended().offers_reload());
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
