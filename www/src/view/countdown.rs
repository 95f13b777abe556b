//! The seconds until something happens.

use std::time::Duration;

use leptos::prelude::*;
use webchat_model::words::Words;

use super::words::say;
use crate::browser::clock;

/// Counts down to a moment, in milliseconds since 1970, in a message that names
/// the `seconds`. It is silent: a number that is read out every second drowns
/// everything else.
#[component]
pub(super) fn Countdown(until: RwSignal<Option<f64>>, words: &'static str) -> impl IntoView {
    let now = RwSignal::new(clock::now_ms());
    Effect::new(move || {
        if until.get().is_some() {
            let tick = move || now.set(clock::now_ms());
            tick();
            let ticking = set_interval_with_handle(tick, Duration::from_secs(1)).ok();
            on_cleanup(move || ticking.iter().for_each(IntervalHandle::clear));
        }
    });
    let said = move || {
        let at = until.get()?;
        let seconds = ((at - now.get()) / 1_000.0).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 2, at most a few hundred"
        )]
        // Short waits would only flicker.
        let seconds = (seconds >= 2.0).then_some(seconds as u64)?;
        Some(say(&Words::of(words).with("seconds", seconds)))
    };
    view! {
        <span class="countdown" aria-hidden="true">
            {said}
        </span>
    }
}
