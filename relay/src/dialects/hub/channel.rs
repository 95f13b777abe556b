//! The channel `hub`: targets are pages by their name, or all of one source.

use clawline_core::dialects::hub::PluginFrame;

use super::page::{named, session_of};
use super::{CHANNEL, Hub};
use crate::dialects::accept::Door;
use crate::dialects::rooms::Rooms;
use crate::dialects::visited::Visits;

impl Visits for Hub {
    fn channel(&self) -> &'static str {
        CHANNEL
    }

    fn path(&self) -> &'static str {
        Door::Hub.path()
    }

    fn since(&self) -> Option<i64> {
        self.since
    }

    fn rooms(&self) -> &Rooms {
        &self.rooms
    }

    fn session_of(&self, target: &str) -> String {
        session_of(target)
    }

    fn tell(&self, target: &str, _message_id: &str, text: &str) -> bool {
        let open = named(&self.pages, target);
        for page in &open {
            page.say(&PluginFrame::Message {
                to: None,
                content: text.to_owned(),
            });
        }
        !open.is_empty()
    }
}
