//! What the client notices about this browser, in words.

use clawline::Notice;

/// Whether a message that waits is lost with the page.
pub(super) fn keeps_nothing(notice: Notice) -> bool {
    matches!(
        notice,
        Notice::NothingIsKept | Notice::NotKept | Notice::NewerOutbox
    )
}

pub(super) fn words_of(notice: Notice) -> &'static str {
    match notice {
        Notice::KeyIsReadable => {
            "This page came over plain http: what you write can be read on the way, and this browser's key by other \
             programs of this page. Prefer https or localhost."
        }
        Notice::NoWebCrypto => {
            "This browser cannot hide a key from the programs of this page (it has no Ed25519). \
             The chat works; a newer browser keeps the key safer."
        }
        Notice::NothingIsKept => {
            "This browser keeps nothing for this page (a private window, or a full disk): it counts as a new one at \
             each visit, and a message that has not been sent is lost when you close it."
        }
        Notice::NotKept => {
            "This browser keeps no messages at the moment (a private window, or a full disk): one that has not been \
             sent is lost when you close this page."
        }
        Notice::NewerOutbox => {
            "A newer version of this page keeps messages here. This one leaves them alone, and keeps its own only \
             until you close it. Reload to get the newer version."
        }
        Notice::SetAside => {
            "Messages of an earlier visit could not be read. They are kept in this browser, out of the way."
        }
        Notice::Unreadable => {
            "Some messages of an earlier visit cannot be read. They are kept in this browser."
        }
    }
}
