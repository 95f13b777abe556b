//! The time between a lost connection and the next attempt.

use std::time::Duration;

use serde_json::json;

use super::super::{Config, Generation, Network, Status};
use super::{World, cause, secs};
use crate::backoff::Backoff;
use crate::handshake::Profile;

const SOON: Duration = Duration::from_millis(250);

fn wait(world: &World) -> Duration {
    let (due, _) = world.engine.deadline().unwrap();
    due.since(world.now)
}

/// A connection is lost and so many attempts fail after it.
fn failing(attempts: usize) -> World {
    let mut world = World::ready();
    world.pass(secs(10));
    world.drop_socket(1006, "");
    for _ in 0..attempts {
        world.pass(wait(&world));
        world.drop_socket(1006, "");
    }
    world
}

#[test]
fn a_lost_connection_is_back_within_a_quarter_of_a_second() {
    let mut world = failing(0);
    assert!(wait(&world) <= SOON);
    assert_eq!(cause(&world.status()).code, "1006", "it was reachable");
    assert!(matches!(
        world.status(),
        Status::Waiting { again: true, .. }
    ));
    world.return_after_drop();
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn an_outage_of_hours_is_never_given_up_and_never_hammered() {
    let mut world = failing(0);
    let begun = world.connects.len();
    for _ in 0..8 * 3600 {
        if matches!(world.status(), Status::Connecting { .. }) {
            world.drop_socket(1006, "");
        }
        world.pass(secs(1));
    }
    let attempts = world.connects.len() - begun;
    assert!((2_000..6_000).contains(&attempts), "{attempts}");
    assert_eq!(cause(&world.status()).code, "unreachable");
}

#[test]
fn a_restart_that_was_announced_is_waited_for() {
    for _ in 0..20 {
        let mut world = World::ready();
        let shutdown = json!({"reason": "gateway restarting", "restartExpectedMs": 1500});
        world.event("shutdown", &shutdown);
        world.drop_socket(1012, "service restart");
        let allowed = Duration::from_millis(1500)..=Duration::from_millis(2000);
        assert!(allowed.contains(&wait(&world)), "{:?}", wait(&world));
        assert_eq!(cause(&world.status()).code, "1012");
    }
}

#[test]
fn a_stop_that_names_no_time_is_an_ordinary_loss() {
    let mut world = World::ready();
    world.event("shutdown", &json!({"reason": "gateway stopping"}));
    world.drop_socket(1012, "service restart");
    assert!(wait(&world) <= SOON);
}

#[test]
fn an_absurd_restart_time_does_not_keep_the_page_out_for_days() {
    let mut world = World::ready();
    world.event(
        "shutdown",
        &json!({"restartExpectedMs": 9_007_199_254_740_991_u64}),
    );
    world.drop_socket(1012, "");
    assert!(wait(&world) <= secs(720));
}

#[test]
fn a_connection_that_dies_at_once_does_not_reset_the_backoff() {
    let mut world = failing(6);
    for _ in 0..5 {
        world.pass(wait(&world));
        world.shake_hands();
        world.pass(secs(1));
        world.drop_socket(1006, "");
    }
    let Status::Waiting { attempt, .. } = world.status() else {
        panic!("{:?}", world.status());
    };
    assert_eq!(attempt, 12);
    world.pass(wait(&world));
    world.shake_hands();
    world.pass(secs(5));
    world.drop_socket(1006, "");
    assert!(matches!(world.status(), Status::Waiting { attempt: 1, .. }));
    assert!(wait(&world) <= SOON);
}

#[test]
fn good_news_end_a_long_wait() {
    for news in [
        Network::Online,
        Network::Visible,
        Network::Resumed,
        Network::Restored,
    ] {
        let mut longest = Duration::ZERO;
        for attempts in 4..12 {
            let mut world = failing(attempts);
            longest = longest.max(wait(&world));
            world.network(news);
            assert!(wait(&world) <= SOON, "{news:?}");
        }
        assert!(longest > SOON);
    }
}

#[test]
fn being_offline_does_not_stop_the_attempts() {
    let mut world = failing(0);
    world.network(Network::Offline);
    let before = world.connects.len();
    world.return_after_drop();
    assert!(world.connects.len() > before);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_page_from_the_cache_opens_a_new_socket_whatever_the_old_one_says() {
    let mut world = World::ready();
    let request = world.request();
    world.network(Network::Restored);
    assert_eq!(world.disconnects, [(Generation(1), 4000)]);
    assert_eq!(
        world.failures(),
        [(
            request,
            crate::RequestError::Interrupted(crate::Progress::Sent)
        )]
    );
    assert!(wait(&world) <= SOON);
    world.return_after_drop();
    assert_eq!(world.generation(), Generation(2));
}

#[test]
fn a_bounded_number_of_attempts_ends_in_a_pause_that_a_person_can_end() {
    let mut config = Config::new(Profile::webchat("0.1.0"));
    config.backoff = Backoff {
        max_attempts: Some(3),
        ..Backoff::default()
    };
    let mut world = World::with(config);
    world.connect();
    for _ in 0..3 {
        assert!(matches!(world.status(), Status::Connecting { .. }));
        world.drop_socket(1006, "");
        if let Some((due, _)) = world.engine.deadline() {
            world.pass(due.since(world.now));
        }
    }
    assert!(matches!(world.status(), Status::Paused(_)));
    assert_eq!(cause(&world.status()).code, "gave-up");
    assert_eq!(world.connects.len(), 3);
    world.connect();
    world.shake_hands();
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_policy_close_and_an_auth_change_are_tried_again() {
    for code in [1000, 1001, 1002, 1008, 1009, 1011, 4001, 4999] {
        let mut world = World::ready();
        world.drop_socket(code, "because");
        assert!(cause(&world.status()).message.contains("because"));
        assert!(matches!(world.status(), Status::Waiting { .. }), "{code}");
    }
}

#[test]
fn a_closed_client_stays_closed_until_it_is_connected_again() {
    let mut world = World::ready();
    world.close();
    assert_eq!(world.status(), Status::Closed);
    assert_eq!(world.disconnects, [(Generation(1), 1000)]);
    world.drop_socket(1000, "");
    world.network(Network::Online);
    world.network(Network::Restored);
    world.pass(secs(3600));
    assert_eq!(world.connects.len(), 1);
    world.connect();
    world.shake_hands();
    assert_eq!(world.status(), Status::Ready);
}
