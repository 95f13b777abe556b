//! Frames as they come in: a glance at numbers first, the object only where
//! the engine or a listener wants it.

use std::rc::{Rc, Weak};

use clawline_core::RequestId;
use clawline_core::engine::{Facts, Generation, Glance, Verdict};
use clawline_core::wire::{EventKind, read_answer, read_event};
use wasm_bindgen::prelude::*;

use super::Driver;
use crate::frames::{self, Seen};
use crate::host::{instant, now};
use crate::object::JsObject;

/// The way of `frames.js` into its driver. A method of an exported class is
/// the cheapest call that there is; one of a `Closure` gathers its arguments
/// into an array first.
#[wasm_bindgen(skip_typescript)]
pub struct Gate(pub(super) Weak<Driver>);

#[wasm_bindgen]
impl Gate {
    /// See `frames.js`.
    pub fn glance(&self, generation: u32, shape: u32, number: u32, seq: f64, at: f64) -> u32 {
        let driver = self.0.upgrade();
        driver.map_or(Seen::Drop, |driver| {
            driver.glance(generation, shape, number, seq, at)
        }) as u32
    }

    /// See `frames.js`.
    pub fn passed(&self, generation: u32, seq: f64, at: f64) {
        if let (Some(driver), Some(seq)) = (self.0.upgrade(), whole(seq)) {
            driver
                .engine
                .borrow_mut()
                .passed(instant(at), Generation(generation), seq);
        }
    }

    /// See `frames.js`.
    pub fn take(&self, generation: u32, frame: JsValue) {
        if let Some(driver) = self.0.upgrade() {
            driver.take(Generation(generation), &JsObject(frame));
        }
    }
}

impl Driver {
    fn glance(
        self: &Rc<Self>,
        generation: u32,
        shape: u32,
        number: u32,
        seq: f64,
        at: f64,
    ) -> Seen {
        let kind = EventKind(u16::try_from(number).unwrap_or(u16::MAX));
        let glance = match shape {
            frames::EVENT => {
                let seq = whole(seq);
                Glance::Event { kind, seq }
            }
            frames::RESPONSE => Glance::Response {
                id: RequestId(number),
            },
            frames::UNREADABLE => Glance::Unreadable,
            _ => Glance::Other,
        };
        let (verdict, is_drained) = {
            let mut engine = self.engine.borrow_mut();
            let verdict = engine.glance(instant(at), Generation(generation), glance);
            (verdict, engine.is_drained())
        };
        if !is_drained {
            self.run();
        }
        match verdict {
            Verdict::Drop => Seen::Drop,
            Verdict::Deliver if !self.is_for_others(kind) => Seen::Deliver,
            Verdict::Settled(id) if !self.is_read_here(id) => {
                self.forget_request(id);
                Seen::Settle
            }
            _ => {
                self.seen.set(Some((verdict, kind)));
                Seen::Take
            }
        }
    }

    /// Reads the facts of a frame that the engine asked for, and does with the
    /// frame what the engine then says.
    fn take(self: &Rc<Self>, generation: Generation, frame: &JsObject) {
        let Some((verdict, kind)) = self.seen.take() else {
            return;
        };
        let facts = match verdict {
            Verdict::Deliver => return self.hand_on(kind, frame),
            Verdict::Settled(id) => return self.settle(id, frame, false),
            Verdict::ReadEvent => Facts::Event(read_event(kind, frame)),
            Verdict::ReadAnswer(read) => {
                let Some(id) = answer_id(frame) else { return };
                Facts::Answer(id, read_answer(read, frame))
            }
            _ => return,
        };
        let verdict = self
            .engine
            .borrow_mut()
            .handle_frame(now(), generation, facts);
        match verdict {
            Verdict::Deliver => {
                self.refresh_snapshot(kind, frame);
                self.hand_on(kind, frame);
            }
            Verdict::Settled(id) => self.settle(id, frame, false),
            Verdict::Accepted(id) => self.settle(id, frame, true),
            // Before its status event is performed: who is told "ready" finds it.
            Verdict::Hello => {
                self.keep_hello(frame);
                self.remember_main();
            }
            _ => {}
        }
        self.run();
    }

    /// Hands an event to this tab's app, and to the tabs that follow.
    pub(super) fn hand_on(&self, kind: EventKind, frame: &JsObject) {
        if !self.deliver_to_tabs(kind, frame) {
            return;
        }
        let _ = self
            .outlet
            .deliver
            .call2(&JsValue::NULL, &kind.0.into(), &frame.0);
    }

    pub(super) fn settle(&self, id: RequestId, frame: &JsObject, accepted: bool) {
        if !accepted {
            self.forget_request(id);
        }
        self.count_answer(id, frame);
        if self.settle_errand(id, frame, accepted) {
            return;
        }
        let accepted = JsValue::from_bool(accepted);
        let _ = self
            .outlet
            .settle
            .call3(&JsValue::NULL, &id.0.into(), &frame.0, &accepted);
    }

    /// The hello is for the app; the tokens in it are not.
    fn keep_hello(&self, frame: &JsObject) {
        let hello = JsObject(frame.get("payload"));
        let auth = hello.get("auth");
        if auth.is_object() {
            for secret in ["deviceToken", "deviceTokens"] {
                let _ = js_sys::Reflect::delete_property(
                    auth.unchecked_ref::<js_sys::Object>(),
                    &secret.into(),
                );
            }
        }
        self.take_granted(&hello);
        self.begin_to_count(&hello);
        self.hello.replace(Some(hello));
    }

    /// Keeps `hello.snapshot` fresh.
    pub(super) fn refresh_snapshot(&self, kind: EventKind, frame: &JsObject) {
        let snapshot = self.hello().map(|hello| hello.get("snapshot"));
        let Some(snapshot) = snapshot.filter(JsValue::is_object) else {
            return;
        };
        let payload = JsObject(frame.get("payload"));
        let (name, value) = match kind {
            EventKind::PRESENCE => ("presence", payload.get("presence")),
            EventKind::HEALTH => ("health", payload.0),
            _ => return,
        };
        for (name, value) in [(name, value), ("stateVersion", frame.get("stateVersion"))] {
            if !value.is_undefined() {
                let _ = js_sys::Reflect::set(&snapshot, &name.into(), &value);
            }
        }
    }
}

/// A `seq` of `frames.js`, which passes safe integers only and 0 for none.
fn whole(seq: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a safe integer above zero"
    )]
    (seq > 0.0).then_some(seq as u64)
}

fn answer_id(frame: &JsObject) -> Option<RequestId> {
    use clawline_core::wire::Object as _;
    frame.text("id")?.parse().ok().map(RequestId)
}
