//! What the client notices about this browser, in words.

use clawline::Notice;
use webchat_model::words::Words;

/// Whether a message that waits is lost with the page.
pub(super) fn keeps_nothing(notice: Notice) -> bool {
    matches!(
        notice,
        Notice::NothingIsKept | Notice::NotKept | Notice::NewerOutbox
    )
}

pub(super) fn words_of(notice: Notice) -> Words {
    Words::of(match notice {
        Notice::KeyIsReadable => "notice-key-readable",
        Notice::NoWebCrypto => "notice-no-web-crypto",
        Notice::NothingIsKept => "notice-nothing-kept",
        Notice::NotKept => "notice-not-kept",
        Notice::NewerOutbox => "notice-newer-outbox",
        Notice::SetAside => "notice-set-aside",
        Notice::Unreadable => "notice-unreadable",
    })
}
