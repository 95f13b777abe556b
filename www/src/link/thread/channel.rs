//! What is told of a session's channel: how far its messages have come, and who
//! types there.

use std::cell::RefCell;

use clawline::JsObject;
use clawline::core::wire::Object as _;
use webchat_model::channel::{CHANNELS_PROGRESS, CHANNELS_TYPING, Tick, who_types};
use webchat_model::words::Words;

use super::Inner;
use super::show::renew;

pub(super) const EVENTS: [&str; 2] = [CHANNELS_PROGRESS, CHANNELS_TYPING];
/// Most messages whose ticks are known better than the history has them.
const MOST: usize = 200;

/// Ticks by the runs of rows, since all was last heard.
pub(super) type Ticks = RefCell<Vec<(String, Tick)>>;

impl Inner {
    pub(super) fn hear(&self, told: &JsObject) {
        if told.text("sessionKey") != self.chat.session() {
            return;
        }
        let Some(run) = told.text("runId") else {
            return renew(self.state.typing, who_types(told));
        };
        let Some(tick) = Tick::read(told) else { return };
        let mut ticks = self.ticks.borrow_mut();
        match ticks.iter_mut().find(|known| known.0 == run) {
            Some(known) => known.1 = tick,
            None => {
                if ticks.len() >= MOST {
                    // The oldest: of the others the history would say less.
                    ticks.remove(0);
                }
                ticks.push((run, tick));
            }
        }
        drop(ticks);
        self.show();
    }

    /// Something was not heard: the history, which is read anew, knows better.
    pub(super) fn miss(&self) {
        self.ticks.borrow_mut().clear();
        renew(self.state.typing, Words::default());
    }

    pub(super) fn tick(&self, run: Option<&str>) -> Option<Tick> {
        let (run, ticks) = (run?, self.ticks.borrow());
        let known = ticks.iter().find(|known| known.0 == run);
        known.map(|known| known.1.clone())
    }
}
