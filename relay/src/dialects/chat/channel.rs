//! The channel `chat`: targets are senders.

use super::answer::respond_in_parts;
use super::{CHANNEL, Chat, letter};
use crate::dialects::accept::Door;
use crate::dialects::rooms::Rooms;
use crate::dialects::visited::Visits;

impl Visits for Chat {
    fn channel(&self) -> &'static str {
        CHANNEL
    }

    fn path(&self) -> &'static str {
        Door::Ws.path()
    }

    fn since(&self) -> Option<i64> {
        self.since
    }

    fn rooms(&self) -> &Rooms {
        &self.rooms
    }

    fn session_of(&self, sender: &str) -> String {
        letter::direct(sender)
    }

    fn tell(&self, sender: &str, message_id: &str, text: &str) -> bool {
        let open = self.senders.of(sender);
        for person in &open {
            respond_in_parts(person, message_id, text);
        }
        !open.is_empty()
    }
}
