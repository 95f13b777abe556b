//! What the list of sessions says.

use webchat_model::sessions::Title;
use webchat_model::sessions::actions::Action;
use webchat_model::words::Words;

use crate::link::Failure;

/// What a session is called.
pub(in crate::view) fn title(title: &Title) -> Words {
    match title {
        Title::Named(name) => Words::said(name.as_str()),
        Title::Main => Words::of("main-conversation"),
        Title::New => Words::of("new-conversation"),
    }
}

/// The button that shows what can be done with a session.
pub(super) fn actions(title: Words) -> Words {
    Words::of("session-actions").with("title", title)
}

pub(super) fn pin(is_pinned: bool) -> Words {
    Words::of(if is_pinned { "unpin" } else { "pin" })
}

pub(super) fn archive(is_archived: bool) -> Words {
    Words::of(if is_archived { "unarchive" } else { "archive" })
}

/// That a session is deleted, for as long as that can be taken back.
pub(super) fn deleted(title: Words) -> Words {
    Words::of("session-deleted").with("title", title)
}

/// Why something was not done.
pub(super) fn failed(failure: &Failure) -> Words {
    let words = match failure.action {
        Action::Rename => Words::of("session-not-renamed"),
        Action::Pin => Words::of("session-not-pinned"),
        Action::Archive => Words::of("session-not-archived"),
        Action::Delete => Words::of("session-not-deleted"),
        Action::Reset => Words::of("session-not-started-over"),
        Action::Create | Action::MarkRead => Words::of("session-not-changed"),
    };
    words
        .with("title", title(&failure.title))
        .with("reason", failure.why.clone())
}

/// Why the list is not there, or not fresh.
pub(super) fn unread_list(why: Words) -> Words {
    Words::of("sessions-failed").with("reason", why)
}

/// Who is at the gateway.
pub(super) fn present(others: usize) -> Words {
    match others {
        0 => Words::of("present-alone"),
        others => Words::of("present").with("others", others),
    }
}

/// What is asked before a conversation is begun anew.
pub(super) fn start_over(title: Words, scope: Option<&str>) -> Words {
    let what = Words::of("start-over-question").with("title", title);
    match scope {
        Some(scope) => Words::All(vec![
            what,
            Words::of("start-over-scope").with("scope", scope),
        ]),
        None => what,
    }
}
