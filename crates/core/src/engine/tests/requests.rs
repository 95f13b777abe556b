//! Requests of the host: each one ends exactly once.

use serde_json::json;

use super::super::{Event, Verdict};
use super::{Sent, World, secs};
use crate::answers::Answers;
use crate::requests::{LIMIT, Progress, RequestError, RequestId};

#[test]
fn a_request_ends_with_its_answer_and_with_nothing_after_it() {
    let mut world = World::ready();
    let id = world.request();
    assert_eq!(world.sent, [Sent::Request(id)]);
    assert_eq!(world.answer(id, &json!({})), Verdict::Settled(id));
    assert_eq!(world.answer(id, &json!({})), Verdict::Drop);
    world.pass(secs(60));
    assert_eq!(world.failures(), []);
}

#[test]
fn answers_are_matched_by_id_in_any_order() {
    let mut world = World::ready();
    let ids: Vec<_> = (0..20).map(|_| world.request()).collect();
    for id in ids.iter().rev() {
        assert_eq!(world.answer(*id, &json!({})), Verdict::Settled(*id));
    }
}

#[test]
fn a_refusal_ends_a_request_too() {
    let mut world = World::ready();
    let id = world.request();
    let error = json!({"code": "FORBIDDEN", "message": "missing scope"});
    assert_eq!(world.refuse(id, &error), Verdict::Settled(id));
}

#[test]
fn a_request_with_two_answers_ends_with_the_second() {
    let mut world = World::ready();
    let id = world.request_with(Answers::Final, Some(secs(600))).unwrap();
    let accepted = json!({"runId": "r", "status": "accepted"});
    assert_eq!(world.answer(id, &accepted), Verdict::Accepted(id));
    let done = json!({"runId": "r", "status": "ok"});
    assert_eq!(world.answer(id, &done), Verdict::Settled(id));
    assert_eq!(world.answer(id, &done), Verdict::Drop);
}

#[test]
fn a_request_with_two_answers_may_get_only_one() {
    let mut world = World::ready();
    for only in [
        json!({"status": "in_flight"}),
        json!({"status": "ok"}),
        json!(null),
    ] {
        let id = world.request_with(Answers::Final, None).unwrap();
        assert_eq!(world.answer(id, &only), Verdict::Settled(id));
    }
    let id = world.request_with(Answers::Final, None).unwrap();
    world.answer(id, &json!({"status": "accepted"}));
    assert_eq!(
        world.refuse(id, &json!({"code": "X"})),
        Verdict::Settled(id)
    );
}

#[test]
fn a_caller_who_wants_the_first_of_two_answers_gets_it() {
    let mut world = World::ready();
    let id = world.request();
    let accepted = json!({"status": "accepted"});
    assert_eq!(world.answer(id, &accepted), Verdict::Settled(id));
}

#[test]
fn a_connection_lost_between_the_two_answers_is_an_outcome_of_its_own() {
    let mut world = World::ready();
    let id = world.request_with(Answers::Final, None).unwrap();
    world.answer(id, &json!({"status": "accepted"}));
    world.drop_socket(1006, "");
    assert_eq!(
        world.failures(),
        [(id, RequestError::Interrupted(Progress::Accepted))]
    );
}

#[test]
fn requests_made_while_connecting_wait_and_leave_in_order() {
    let mut world = World::new();
    world.connect();
    let first = world.request();
    world.open();
    let second = world.request();
    world.send_challenge();
    let third = world.request();
    let hello = world.hello.clone();
    let connect = world.own("connect");
    world.sent.clear();
    world.answer(connect, &hello);
    let sent = [first, second, third].map(Sent::Request);
    assert_eq!(world.sent, sent);
}

#[test]
fn an_answer_to_a_request_that_has_not_left_is_dropped() {
    let mut world = World::new();
    world.connect();
    let waiting = world.request();
    world.open();
    assert_eq!(world.answer(waiting, &json!({})), Verdict::Drop);
    world.send_challenge();
    let connect = world.own("connect");
    let hello = world.hello.clone();
    world.answer(connect, &hello);
    assert_eq!(world.answer(waiting, &json!({})), Verdict::Settled(waiting));
}

#[test]
fn a_deadline_tells_whether_the_bytes_had_left() {
    let mut world = World::new();
    world.connect();
    let unsent = world.request_with(Answers::First, Some(secs(2))).unwrap();
    world.pass(secs(2));
    let timeout = |sent| {
        RequestError::Timeout(if sent {
            Progress::Sent
        } else {
            Progress::Unsent
        })
    };
    assert_eq!(world.failures(), [(unsent, timeout(false))]);

    let mut world = World::ready();
    let sent = world.request_with(Answers::First, Some(secs(2))).unwrap();
    world.pass(secs(2));
    assert_eq!(world.failures(), [(sent, timeout(true))]);
    assert_eq!(world.answer(sent, &json!({})), Verdict::Drop);
}

#[test]
fn giving_up_tells_whether_the_bytes_had_left() {
    let mut world = World::ready();
    let sent = world.request();
    world.engine.cancel(sent);
    world.drop_socket(1006, "");
    let unsent = world.request();
    world.engine.cancel(unsent);
    world.engine.cancel(unsent);
    world.engine.cancel(RequestId(4_000_000));
    world.return_after_drop();
    let cancelled = |sent| {
        RequestError::Cancelled(if sent {
            Progress::Sent
        } else {
            Progress::Unsent
        })
    };
    assert_eq!(
        world.failures(),
        [(sent, cancelled(true)), (unsent, cancelled(false))]
    );
    assert!(!world.sent.contains(&Sent::Request(unsent)));
}

#[test]
fn what_had_left_is_never_sent_again_and_what_had_not_leaves_later() {
    let mut world = World::ready();
    let left = world.request();
    world.drop_socket(1006, "");
    let waiting = world.request();
    world.sent.clear();
    world.return_after_drop();
    assert_eq!(
        world.failures(),
        [(left, RequestError::Interrupted(Progress::Sent))]
    );
    assert!(world.sent.contains(&Sent::Request(waiting)));
    assert!(!world.sent.contains(&Sent::Request(left)));
}

#[test]
fn without_any_connection_on_its_way_a_request_fails_at_once() {
    let mut world = World::new();
    let refused = Err(RequestError::NotConnected);
    assert_eq!(world.request_with(Answers::First, None), refused);
    world.connect();
    world.close();
    assert_eq!(world.request_with(Answers::First, None), refused);
}

#[test]
fn a_pause_and_a_close_end_everything_that_waits() {
    let mut world = World::new();
    world.connect();
    let waiting = world.request_with(Answers::First, None).unwrap();
    let refusal = json!({"code": "X", "details": {"code": "AUTH_TOKEN_MISMATCH"}});
    world.be_refused(&refusal);
    assert_eq!(world.failures(), [(waiting, RequestError::NotConnected)]);

    let mut world = World::ready();
    let left = world.request();
    world.drop_socket(1006, "");
    let waiting = world.request();
    world.close();
    assert_eq!(
        world.failures(),
        [
            (left, RequestError::Interrupted(Progress::Sent)),
            (waiting, RequestError::NotConnected)
        ]
    );
}

#[test]
fn the_number_of_waiting_requests_is_bounded() {
    let mut world = World::ready();
    for _ in 0..LIMIT {
        world.request_with(Answers::First, None).unwrap();
    }
    let refused = world.request_with(Answers::First, None);
    assert_eq!(refused, Err(RequestError::TooMany));
    let Sent::Request(first) = world.sent[0] else {
        panic!("{:?}", world.sent[0]);
    };
    world.answer(first, &json!({}));
    assert!(world.request_with(Answers::First, None).is_ok());
    assert!(
        !world
            .events
            .iter()
            .any(|event| matches!(event, Event::Failed(..)))
    );
}

#[test]
fn a_request_that_the_host_could_not_send_is_forgotten_without_a_word() {
    let mut world = World::ready();
    let id = world.request();
    world.engine.forget(id);
    world.pass(secs(60));
    assert_eq!(world.failures(), []);
    assert_eq!(world.answer(id, &json!({})), Verdict::Drop);
}

#[test]
fn the_last_of_two_answers_may_take_longer_than_the_first() {
    let mut world = World::ready();
    let id = world.request_with(Answers::Final, Some(secs(30))).unwrap();
    world.answer(id, &json!({"status": "accepted"}));
    world.live(300);
    assert_eq!(world.failures(), []);
    assert_eq!(
        world.answer(id, &json!({"status": "ok"})),
        Verdict::Settled(id)
    );
}
