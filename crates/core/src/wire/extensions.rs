//! What clawline's relay has beyond protocol 4. `hello-ok` names it where it is.

/// The method that links an account by a code which is typed on the phone: needs
/// `operator.admin`.
pub const CHANNELS_PAIR: &str = "clawline.channels.pair";

/// The event that tells how an account of a channel is linked, each time that it
/// changes: needs `operator.read`.
pub const CHANNELS_LINK: &str = "clawline.channels.link";

/// The event that tells how far a message has come that went out through a channel:
/// for whoever follows its session's messages.
pub const CHANNELS_PROGRESS: &str = "clawline.channels.progress";

/// The event that tells who types in a channel, or does so no longer: for whoever
/// follows the session's messages.
pub const CHANNELS_TYPING: &str = "clawline.channels.typing";
