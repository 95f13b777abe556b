//! What a person does with a session.

use std::rc::Rc;
use std::time::Duration;

use clawline::{RequestError, RequestOptions};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use webchat_model::sessions::actions::{Action, Features, Way};
use webchat_model::sessions::deletions::Deletion;
use webchat_model::sessions::listing::Part;
use webchat_model::sessions::{Session, Title};
use webchat_model::words::Words;

use super::{Failure, Follower, Sessions};
use crate::browser::{clock, spawn_local};
use crate::link::params::members;
use crate::link::{refusals, wider};

const PATCH: &str = "sessions.patch";
const DELETE: &str = "sessions.delete";
const RESET: &str = "sessions.reset";

/// A member of the params of a request.
type Member = (&'static str, JsValue);

impl Sessions {
    /// Gives a session a name; an empty one takes it away.
    pub(crate) fn rename(self, key: &str, label: &str) {
        let label = Some(label.trim()).filter(|label| !label.is_empty());
        let value = label.map_or(JsValue::NULL, JsValue::from_str);
        let label = label.map(str::to_owned);
        self.patch(Action::Rename, key, vec![("label", value)], |it| {
            it.label = label;
        });
    }

    /// Keeps a session on top, or does so no longer.
    pub(crate) fn pin(self, key: &str, is_pinned: bool) {
        let change = vec![("pinned", is_pinned.into())];
        self.patch(Action::Pin, key, change, |it| it.is_pinned = is_pinned);
    }

    /// Puts a session away, or back.
    pub(crate) fn archive(self, session: &Session, is_archived: bool) {
        let mut change = vec![("archived", is_archived.into())];
        change.extend(the_one(session.id.as_deref()));
        let expect = |it: &mut Session| it.is_archived = is_archived;
        self.patch(Action::Archive, &session.key, change, expect);
    }

    /// Notes that a session was read.
    pub(crate) fn mark_read(self, key: &str) {
        // Nothing is expected: a gateway that does not follow is asked once.
        self.patch(
            Action::MarkRead,
            key,
            vec![("unread", false.into())],
            |_| {},
        );
    }

    /// Deletes a session, unless that is taken back in time.
    pub(crate) fn delete(self, session: &Session, was_shown: bool) {
        let now = clock::now_ms();
        self.deletions
            .update(|all| all.ask(&session.key, session.title(), was_shown, now));
        self.with(Follower::wait_for_lapse);
    }

    /// Takes a deletion back. `None` when it is too late.
    pub(crate) fn undo(self, key: &str) -> Option<Deletion> {
        self.deletions.try_update(|all| all.undo(key)).flatten()
    }

    /// Begins a session anew, with one scope more where that is wanted for it.
    pub(crate) fn reset(self, session: &Session, scope: Option<&'static str>) {
        self.failure.set(None);
        let (key, title) = (session.key.clone(), session.title());
        self.with(|follower| {
            let follower = Rc::clone(follower);
            spawn_local(async move {
                // What shows it hears by itself that it began anew.
                if let Err(why) = follower.reset(&key, scope).await {
                    follower.failed(Action::Reset, title, why);
                }
            });
        });
    }

    /// What a session is called.
    pub(crate) fn title(self, key: &str) -> Option<Title> {
        self.listing
            .with(|listing| listing.get(key).map(Session::title))
    }

    fn patch(
        self,
        action: Action,
        key: &str,
        change: Vec<Member>,
        expect: impl FnOnce(&mut Session),
    ) {
        self.failure.set(None);
        let title = untrack(|| self.title(key)).unwrap_or(Title::Main);
        self.listing.update(|listing| listing.expect(key, expect));
        let key = key.to_owned();
        self.with(|follower| {
            let follower = Rc::clone(follower);
            spawn_local(async move {
                let done = follower.request(PATCH, &key, &change).await;
                // Marks are no matter of complaint.
                if let Err(error) = done
                    && action != Action::MarkRead
                {
                    follower.failed(action, title, refusals::of_request(&error));
                }
            });
        });
    }

    fn with(self, act: impl FnOnce(&Rc<Follower>)) {
        if let Some(follower) = self.follower.get_value() {
            act(&follower);
        }
    }
}

impl Follower {
    /// Deletes what nobody has taken back when its time is over.
    fn wait_for_lapse(self: &Rc<Self>) {
        let now = clock::now_ms();
        let over = self.sessions.deletions.try_update(|all| all.lapse(now));
        for deletion in over.into_iter().flatten() {
            let me = Rc::clone(self);
            spawn_local(async move {
                let done = me.delete(&deletion.key).await;
                let sessions = me.sessions;
                if done.is_ok() {
                    sessions
                        .listing
                        .update(|listing| listing.remove(&deletion.key));
                }
                sessions.deletions.update(|all| all.ended(&deletion.key));
                if let Err(error) = done {
                    me.failed(Action::Delete, deletion.title, refusals::of_request(&error));
                }
            });
        }
        self.lapse.take().iter().for_each(TimeoutHandle::clear);
        let next = self.sessions.deletions.with_untracked(|all| all.next(now));
        if let Some(wait) = next {
            let me = self.me.clone();
            let tick = move || {
                if let Some(follower) = me.upgrade() {
                    follower.wait_for_lapse();
                }
            };
            // A timer may come a moment too early.
            let wait = Duration::from_secs_f64((wait + 1.0) / 1_000.0);
            self.lapse.set(set_timeout_with_handle(tick, wait).ok());
        }
    }

    async fn delete(&self, key: &str) -> Result<(), RequestError> {
        let sessions = self.sessions;
        let (id, was_archived) = sessions.listing.with_untracked(|listing| {
            let session = listing.get(key);
            let id = session.and_then(|session| session.id.clone());
            (id, session.is_some_and(|session| session.is_archived))
        });
        let the_one = the_one(id.as_deref());
        let with = |member: Member| [member].into_iter().chain(the_one.clone()).collect();
        let way = sessions.features.with_untracked(Features::way);
        if way == Way::Straight {
            return self.request(DELETE, key, &the_one).await;
        }
        if !was_archived {
            let away: Vec<Member> = with(("archived", true.into()));
            self.request(PATCH, key, &away).await?;
        }
        let archived_only: Vec<Member> = with(("archivedOnly", true.into()));
        let done = self.request(DELETE, key, &archived_only).await;
        if done.is_err() && !was_archived {
            // It stays, so it stays where it was.
            let back: Vec<Member> = with(("archived", false.into()));
            let _ = self.request(PATCH, key, &back).await;
        }
        done
    }

    async fn reset(&self, key: &str, scope: Option<&str>) -> Result<(), Words> {
        let source = self.source.borrow().clone();
        let client = match scope {
            Some(scope) => wider::ask(source, scope).await?,
            None => self.client.clone(),
        };
        let params = members(&[("key", key.into())]);
        let asked = client.request(RESET, &params, RequestOptions::default());
        asked
            .await
            .map(drop)
            .map_err(|error| refusals::of_request(&error))
    }

    async fn request(
        &self,
        method: &str,
        key: &str,
        change: &[Member],
    ) -> Result<(), RequestError> {
        let params = members(&[&[("key", key.into())], change].concat());
        let options = RequestOptions::default();
        let asked = self.client.request(method, &params, options);
        asked.await.map(drop)
    }

    /// Says why, and shows what there is after all.
    fn failed(&self, action: Action, title: Title, why: Words) {
        let current = self.sessions.follower.get_value();
        if !current.is_some_and(|current| std::ptr::eq(&*current, self)) {
            return;
        }
        self.sessions
            .failure
            .set(Some(Failure { action, title, why }));
        self.ask(Part::Active);
        if self.wants_archived.get() {
            self.ask(Part::Archived);
        }
    }
}

/// Meant is this one, and none that was begun anew under its key.
fn the_one(id: Option<&str>) -> Vec<Member> {
    let id = id.map(|id| ("expectedSessionId", id.into()));
    id.into_iter().collect()
}
