//! Midnight: what was said today has a time alone, and from tomorrow on a date.

use leptos::prelude::*;

use super::App;
use crate::browser::clock;

impl App {
    /// Follows the days for as long as the page is open.
    pub(crate) fn follow_days(self) {
        self.look_at_day();
        let tomorrow = move || {
            if !self.day.is_disposed() {
                self.follow_days();
            }
        };
        set_timeout(tomorrow, clock::until_midnight());
    }

    /// A machine that slept over midnight tells late.
    pub(super) fn look_at_day(self) {
        let today = clock::day();
        if self.day.with_untracked(|day| *day != today) {
            self.day.set(today);
        }
    }
}
