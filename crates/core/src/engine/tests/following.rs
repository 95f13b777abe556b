//! Tabs that share one connection.

use std::time::Duration;

use serde_json::json;

use super::{World, secs};
use crate::engine::{Event, Generation, Input, Network, NewRequest, Output, Status, Verdict};
use crate::outbox::{EntryState, StoreError};
use crate::requests::{Progress, RequestError};
use crate::wire::Policy;

/// A tab that follows another one, which is connected.
pub(super) fn follower() -> World {
    let mut world = World::new();
    world.connect();
    world.engine.follow(world.now, "store".to_owned());
    led(&mut world, Status::Ready);
    world.sent.clear();
    world.events.clear();
    world
}

pub(super) fn led(world: &mut World, status: Status) {
    world.input(Input::Led {
        status,
        policy: Policy::default(),
    });
}

/// What a follower numbers its leader by.
pub(super) fn line() -> Generation {
    Generation(2)
}

#[test]
fn a_follower_shows_the_leaders_status_and_sends_it_its_requests() {
    let mut world = follower();
    assert_eq!(world.status(), Status::Ready);
    let id = world.request();
    assert_eq!(world.sent.len(), 1);
    let answer = json!({"type": "res", "id": id.0.to_string(), "ok": true, "payload": {}});
    assert_eq!(
        world.answer_frame(line(), id, &answer),
        Verdict::Settled(id)
    );
}

#[test]
fn at_a_takeover_what_only_reads_is_asked_again_and_the_rest_may_have_run() {
    let mut world = follower();
    let writes = world.request();
    let new = NewRequest {
        deadline: Some(secs(30)),
        idempotent: true,
        ..NewRequest::default()
    };
    let reads = world.engine.request(world.now, new).unwrap();
    world.wake();
    world.sent.clear();
    world.connects.push(world.now);
    world.engine.lead(world.now);
    world.wake();
    let interrupted = RequestError::Interrupted(Progress::Sent);
    assert_eq!(world.failures(), [(writes, interrupted)]);
    world.restore();
    world.shake_hands();
    let ids: Vec<_> = world.sent.iter().map(super::Sent::id).collect();
    assert!(ids.contains(&reads));
}

#[test]
fn a_silent_leader_is_asked_once_and_then_deposed_within_4_seconds() {
    let mut world = follower();
    world.pass(secs(2));
    assert_eq!((world.pings, world.deposals), (1, 0));
    led(&mut world, Status::Ready);
    world.pass(secs(2));
    assert_eq!((world.pings, world.deposals), (2, 0));
    world.pass(Duration::from_millis(1_999));
    assert_eq!((world.pings, world.deposals), (2, 0), "it may answer yet");
    world.pass(Duration::from_millis(501));
    assert_eq!((world.pings, world.deposals), (2, 1));
}

#[test]
fn a_follower_that_stood_still_itself_asks_again_before_it_deposes() {
    let mut world = follower();
    world.pass(secs(2));
    world.now = world.now + secs(60);
    world.wake();
    assert_eq!((world.pings, world.deposals), (2, 0));
}

#[test]
fn a_follower_says_once_a_minute_that_it_is_there_whatever_it_hears() {
    let mut world = follower();
    for _ in 0..61 {
        world.pass(secs(1));
        led(&mut world, Status::Ready);
    }
    assert_eq!((world.pings, world.deposals), (1, 0));
}

#[test]
fn a_request_waits_until_the_tab_that_leads_has_spoken() {
    let mut world = World::new();
    world.connect();
    world.engine.follow(world.now, "store".to_owned());
    let id = world.request();
    assert!(world.sent.is_empty());
    world.connects.push(world.now);
    world.engine.lead(world.now);
    world.wake();
    assert_eq!(world.failures(), [], "it never left");
    world.shake_hands();
    assert!(world.sent.iter().any(|sent| sent.id() == id));
}

#[test]
fn a_hidden_follower_is_in_no_hurry() {
    let mut world = follower();
    world.network(Network::Hidden);
    world.pass(secs(9));
    assert_eq!(world.pings, 0);
    world.network(Network::Visible);
    assert_eq!(world.pings, 1, "a timer of a hidden page comes late");
}

#[test]
fn a_followers_message_is_stored_and_then_the_leaders() {
    let mut world = follower();
    world.enqueue("k");
    assert_eq!(world.disk.state("k"), Some(EntryState::Queued));
    assert_eq!(world.engine.entries(), []);
    assert_eq!(world.left(), [""; 0]);
    world.disk.trouble = Some(StoreError::Failed);
    world.enqueue("m");
    assert_eq!(
        world.state("m"),
        Some(EntryState::Queued),
        "it is nowhere else"
    );
    world.disk.trouble = None;
    world.live(1);
    assert_eq!(world.disk.state("m"), Some(EntryState::Queued));
    assert_eq!(world.state("m"), None);
}

#[test]
fn a_leader_that_was_deposed_sends_nothing_of_what_it_marked() {
    let mut world = World::ready();
    world.disk.is_slow = true;
    world.enqueue("k");
    world.disk.is_slow = false;
    let batch = world.disk.out.take().unwrap();
    world.input(world.how_stored(&batch, Err(StoreError::Deposed)));
    assert!(world.engine.is_following());
    assert_eq!(world.left(), [""; 0]);
    assert_eq!(world.disk.state("k"), Some(EntryState::Queued));
}

#[test]
fn a_message_that_another_tab_stored_is_adopted_once() {
    let mut world = World::ready();
    let mut other = follower();
    other.enqueue("k");
    let entries = other.disk.entries.clone();
    world.disk.entries.extend(entries.clone());
    for _ in 0..2 {
        world.input(Input::Adopted {
            wall_ms: 0,
            entries: entries.clone(),
        });
    }
    assert_eq!(world.left(), ["k"]);
}

#[test]
fn a_follower_of_a_leader_that_needs_a_person_does_not_wait_for_answers() {
    let mut world = follower();
    let id = world.request();
    let (_, cause) = crate::verdict::of_end("gave-up", "");
    led(&mut world, Status::Paused(cause.clone()));
    assert_eq!(world.failures(), [(id, RequestError::NotConnected)]);
    assert!(world.events.contains(&Event::Status(Status::Paused(cause))));
    led(&mut world, Status::Closed);
    assert!(
        matches!(world.status(), Status::Connecting { .. }),
        "another tab leads soon"
    );
    assert!(
        world
            .engine
            .poll_output()
            .is_none_or(|output| !matches!(output, Output::Connect(_)))
    );
}

#[test]
fn between_taking_over_and_reading_the_store_nothing_goes_to_it_or_leaves() {
    let mut world = follower();
    world.connects.push(world.now);
    world.engine.lead(world.now);
    world.enqueue("k");
    world.wake();
    world.shake_hands();
    assert_eq!((world.disk.batches, world.left().len()), (0, 0));
    world.restore();
    assert_eq!(world.left(), ["k"]);
}

#[test]
fn a_client_that_was_closed_follows_nobody() {
    let mut world = World::new();
    world.connect();
    world.close();
    world.engine.follow(world.now, "store".to_owned());
    world.wake();
    assert_eq!(world.status(), Status::Closed);
    assert_eq!(world.engine.deadline(), None);
}

#[test]
fn what_is_written_while_there_is_no_store_waits_for_one() {
    let mut world = World::ready();
    world.close();
    world.engine.leave_store();
    world.enqueue("k");
    assert_eq!(world.disk.batches, 0);
    world.restore();
    assert_eq!(world.state("k"), Some(EntryState::Queued));
    assert_eq!(world.disk.state("k"), Some(EntryState::Queued));
}

#[test]
fn a_wall_clock_that_ran_ahead_means_sleep_and_the_line_is_tried() {
    let mut world = World::ready();
    world.wake();
    world.live(3);
    world.wake();
    assert_eq!(world.own_all("system-presence").len(), 0);
    world.wall_ahead += 60_000;
    world.wake();
    assert_eq!(world.own_all("system-presence").len(), 1);
    world.pass(secs(3));
    assert!(matches!(world.status(), Status::Waiting { .. }));
}

#[test]
fn a_client_that_was_closed_stays_closed_when_another_tab_has_its_outbox() {
    let mut world = World::ready();
    world.disk.is_slow = true;
    world.enqueue("k");
    world.close();
    world.disk.trouble = Some(StoreError::Deposed);
    world.answer_store();
    assert_eq!(world.status(), Status::Closed);
    assert!(!world.engine.is_following());
    assert_eq!(world.state("k"), Some(EntryState::Queued), "it waits here");
}

#[test]
fn a_client_that_was_closed_does_not_storm_a_store_that_takes_nothing_of_it() {
    let mut world = World::ready();
    world.close();
    world.disk.trouble = Some(StoreError::Deposed);
    world.enqueue("k");
    world.enqueue("l");
    let before = world.disk.batches;
    world.pass(secs(60));
    assert!(world.disk.batches < before + 20, "{}", world.disk.batches);
    world.disk.trouble = None;
    world.pass(secs(60));
    assert_eq!(world.disk.state("k"), Some(EntryState::Queued));
}
