//! Silence, probes, and waking up, on a connection.

use std::time::Duration;

use serde_json::json;

use super::super::{Config, Generation, Input, Network, Status};
use super::{World, cause, secs};
use crate::answers::Answers;
use crate::handshake::Profile;

fn probes(world: &World) -> usize {
    world.own_all("system-presence").len()
}

#[test]
fn a_dead_idle_connection_is_found_after_37_and_a_half_and_3_seconds() {
    let mut world = World::ready();
    world.pass(Duration::from_millis(37_400));
    assert_eq!(probes(&world), 0);
    world.pass(Duration::from_millis(100));
    assert_eq!(probes(&world), 1);
    world.pass(Duration::from_millis(2_900));
    assert_eq!(world.status(), Status::Ready);
    world.pass(Duration::from_millis(100));
    assert_eq!(cause(&world.status()).code, "silent");
    assert_eq!(world.disconnects.len(), 1);
}

#[test]
fn ticks_keep_an_idle_connection_without_any_probe() {
    let mut world = World::ready();
    for _ in 0..100 {
        world.pass(secs(30));
        world.event("tick", &json!({"ts": 1}));
    }
    assert_eq!(probes(&world), 0);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn an_answered_probe_keeps_the_connection_even_when_it_is_a_refusal() {
    let mut world = World::ready();
    for _ in 0..20 {
        world.pass(Duration::from_millis(37_500));
        let probe = world.own("system-presence");
        world.refuse(
            probe,
            &json!({"code": "FORBIDDEN", "message": "missing scope"}),
        );
        assert_eq!(world.status(), Status::Ready);
    }
    assert_eq!(probes(&world), 20);
}

#[test]
fn a_dead_connection_with_a_request_waiting_is_found_within_9_seconds() {
    let mut world = World::ready();
    world.request();
    world.pass(secs(6));
    assert_eq!(probes(&world), 1);
    world.pass(secs(3));
    assert_eq!(cause(&world.status()).code, "silent");
}

#[test]
fn a_slow_request_on_a_living_connection_is_waited_for() {
    let mut world = World::ready();
    let request = world.request_with(Answers::First, None).unwrap();
    for _ in 0..120 {
        world.pass(secs(5));
        world.event("agent", &json!({}));
    }
    assert_eq!(probes(&world), 0);
    world.answer(request, &json!({}));
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_run_that_was_accepted_is_not_taken_for_a_waiting_request() {
    let mut world = World::ready();
    let request = world.request_with(Answers::Final, None).unwrap();
    world.answer(request, &json!({"status": "accepted", "runId": "r"}));
    world.pass(secs(30));
    assert_eq!(probes(&world), 0);
}

#[test]
fn waking_up_after_a_long_silence_probes_at_once_and_decides_in_3_seconds() {
    for news in [Network::Resumed, Network::Visible, Network::Online] {
        let mut world = World::ready();
        // Asleep: no timer fires.
        world.now = world.now + secs(20);
        world.network(news);
        assert_eq!(probes(&world), 1, "{news:?}");
        world.pass(secs(3));
        assert_eq!(cause(&world.status()).code, "silent");
    }
}

#[test]
fn a_page_that_is_looked_at_again_right_away_is_not_probed() {
    let mut world = World::ready();
    world.pass(secs(2));
    world.network(Network::Hidden);
    world.pass(secs(2));
    world.network(Network::Visible);
    assert_eq!(probes(&world), 0);
}

#[test]
fn going_offline_is_a_reason_to_look_not_to_leave() {
    let mut world = World::ready();
    world.network(Network::Offline);
    world.network(Network::Offline);
    assert_eq!(probes(&world), 1);
    let probe = world.own("system-presence");
    world.answer(probe, &json!([]));
    world.pass(secs(10));
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_timer_that_fires_minutes_late_probes_before_it_gives_up() {
    let mut world = World::ready();
    world.now = world.now + secs(600);
    world.wake();
    assert_eq!(probes(&world), 1);
    let probe = world.own("system-presence");
    world.answer(probe, &json!([]));
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_gateway_that_names_an_absurd_tick_neither_blinds_nor_maddens_the_watchdog() {
    for (tick, most) in [(1_u64, secs(10)), (u64::from(u32::MAX), secs(400))] {
        let mut world = World::new();
        world.hello["policy"]["tickIntervalMs"] = json!(tick);
        world.connect();
        world.shake_hands();
        let begun = world.now;
        world.pass(most);
        assert!(matches!(
            world.status(),
            Status::Waiting { .. } | Status::Connecting { .. }
        ));
        assert!(world.connects[0] <= begun);
    }
}

#[test]
fn a_connection_that_has_not_proven_itself_yet_is_found_dead_as_soon() {
    let mut config = Config::new(Profile::webchat("0"));
    config.backoff.stable = secs(60);
    let mut world = World::with(config);
    world.connect();
    world.shake_hands();
    world.request();
    world.pass(secs(9));
    assert_eq!(cause(&world.status()).code, "silent");
}

#[test]
fn a_socket_that_still_sends_is_alive_and_an_older_one_says_nothing_about_it() {
    for (age, silent) in [(0, 0), (1, 1)] {
        let mut world = World::ready();
        world.reconnect();
        let Generation(newest) = world.generation();
        for _ in 0..8 {
            world.pass(secs(5));
            world.input(Input::Drained(Generation(newest - age)));
        }
        assert_eq!(probes(&world), silent);
    }
}
