//! What WhatsApp is to the relay: people, chats, what came and what goes out.

mod chats;
mod messages;
mod people;
mod progress;
mod sendings;

pub use chats::Chat;
pub use messages::{Arrived, Fate, NewArrival, UNKNOWN};
pub use people::{Identity, Merge, Person};
pub use progress::{Progress, shown_sending};
pub use sendings::{NewSending, SendState, Sending, Settlement};
pub(super) use sendings::{drop_words_before, forget_words};

/// Registry name of the channel, under which its people have names.
const CHANNEL: &str = "whatsapp_baileys";
