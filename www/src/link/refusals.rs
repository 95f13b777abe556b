//! Why something did not work, as the page says it.

use clawline::core::verdict::Cause;
use clawline::core::{EnqueueError, Progress, RequestError as Unanswered};
use clawline::{RequestError, SendError};
use webchat_model::attachment::{shown_name, size_in_words};
use webchat_model::words::Words;

/// Why the connection ended, or cannot be made.
pub(super) fn of_cause(cause: &Cause) -> Words {
    let told = cause.told();
    let said = told.said.map(Words::said);
    match (told.row, told.closed) {
        (Some(row), _) => {
            let why = Words::coded("cause", row.code);
            match said {
                Some(said) => Words::of("cause-in-words")
                    .with("cause", why)
                    .with("said", said),
                None => why,
            }
        }
        (None, Some(code)) => match said {
            Some(said) => Words::of("closed-in-words")
                .with("code", code)
                .with("said", said),
            None => Words::of("closed").with("code", code),
        },
        (None, None) => said.unwrap_or_default(),
    }
}

/// What a person can do about it.
pub(super) fn advice_of(cause: &Cause) -> Option<Words> {
    let told = cause.told();
    match (told.row, told.step) {
        (Some(row), _) => (!row.advice.is_empty()).then(|| Words::coded("advice", row.code)),
        (None, step) => step.map(|step| Words::coded("step", step)),
    }
}

/// Why a request has no result.
pub(super) fn of_request(error: &RequestError) -> Words {
    match error {
        RequestError::Refused(error) => Words::said(error.message.as_str()),
        RequestError::Unanswered(Unanswered::Interrupted(Progress::Accepted)) => {
            Words::of("request-interrupted-accepted")
        }
        RequestError::Unanswered(Unanswered::Timeout(Progress::Unsent)) => {
            Words::of("request-timeout-unsent")
        }
        RequestError::Unanswered(Unanswered::Timeout(Progress::Accepted)) => {
            Words::of("request-timeout-accepted")
        }
        RequestError::TooLarge { limit } => {
            Words::of("request-too-large").with("limit", size_in_words(*limit))
        }
        RequestError::InvalidParams(why) => {
            Words::of("request-invalid-params").with("reason", why.as_str())
        }
        RequestError::Unanswered(Unanswered::NotConnected) => Words::of("request-not-connected"),
        RequestError::Unanswered(Unanswered::Interrupted(_)) => Words::of("request-interrupted"),
        RequestError::Unanswered(Unanswered::Timeout(_)) => Words::of("request-timeout"),
        RequestError::Unanswered(Unanswered::Cancelled(_)) => Words::of("request-cancelled"),
        RequestError::Unanswered(Unanswered::TooMany) => Words::of("request-too-many"),
        RequestError::Unreadable => Words::of("request-unreadable"),
        RequestError::MissingScope(_) => Words::of("request-missing-scope"),
        error => Words::said(error.to_string()),
    }
}

/// Why a message is not taken.
pub(super) fn of_send(error: SendError) -> Words {
    match error {
        SendError::Outbox(EnqueueError::TooMany { limit }) => {
            Words::of("send-too-many").with("limit", limit)
        }
        SendError::Outbox(EnqueueError::TooLarge { limit }) => {
            Words::of("send-too-large").with("limit", size_in_words(limit))
        }
        SendError::FileTooLarge { name, limit } => Words::of("send-file-too-large")
            .with("name", shown_name(&name))
            .with("limit", size_in_words(limit)),
        SendError::FileEmpty { name } => Words::of("unfit-empty").with("name", shown_name(&name)),
        SendError::Empty => Words::of("send-empty"),
        SendError::Params(error) => of_request(&error),
        // What no page runs into: it gives no keys, and sends with what takes one.
        error => Words::said(error.to_string()),
    }
}
