//! What a tab makes of what the one that leads says, and of its store.

use serde_json::json;

use super::following::{follower, led, line};
use super::{Sent, World, secs};
use crate::engine::{Glance, Input, Status, Verdict};
use crate::outbox::EntryState;
use crate::wire::Policy;

/// A tab that follows one that has not spoken.
fn unled() -> World {
    let mut world = World::new();
    world.connect();
    world.engine.follow(world.now, "store".to_owned());
    world
}

#[test]
fn what_was_asked_before_the_leader_spoke_goes_to_it_once_when_it_does() {
    let mut world = unled();
    let id = world.request();
    assert_eq!(world.sent, []);
    for _ in 0..2 {
        led(&mut world, Status::Ready);
        assert_eq!(world.sent, [Sent::Request(id)]);
    }
}

#[test]
fn a_leader_that_closes_leaves_its_followers_connecting_again_if_it_was_ready() {
    let connecting = |again| Status::Connecting { attempt: 1, again };
    for (status, again) in [(Status::Ready, true), (connecting(false), false)] {
        let mut world = unled();
        led(&mut world, status);
        led(&mut world, Status::Closed);
        assert_eq!(world.status(), connecting(again));
    }
}

#[test]
fn whatever_the_leader_says_shows_that_it_is_there() {
    let mut world = follower();
    for _ in 0..10 {
        world.pass(secs(1));
        let verdict = world.engine.glance(world.now, line(), Glance::Other);
        assert_eq!(verdict, Verdict::Drop);
    }
    assert_eq!(world.pings, 0);
}

#[test]
fn the_limits_are_those_of_the_gateway_also_for_a_follower() {
    let policy = Policy {
        max_payload: 1_000,
        ..Policy::default()
    };
    let mut world = World::new();
    world.hello["policy"]["maxPayload"] = json!(policy.max_payload);
    world.connect();
    assert_eq!(world.engine.policy(), Policy::default());
    world.shake_hands();
    assert_eq!(world.engine.policy(), policy);
    let mut world = follower();
    world.input(Input::Led {
        status: Status::Ready,
        policy: policy.clone(),
    });
    assert_eq!(world.engine.policy(), policy);
}

#[test]
fn what_a_follower_writes_goes_to_the_leaders_store_once_that_is_open() {
    let mut world = follower();
    world.engine.leave_store();
    world.enqueue("k");
    assert_eq!(world.disk.entries, []);
    world.disk.is_slow = true;
    world.engine.join_store(world.now);
    world.drain();
    world.answer_store();
    assert_eq!(world.disk.state("k"), Some(EntryState::Queued));
}
