//! Looks into history: when, how far back, how often.

use super::*;

#[test]
fn a_look_reads_back_past_the_time_of_the_message_page_by_page() {
    let mut world = World::ready();
    world.live(30);
    world.enqueue("k");
    world.sent.clear();
    world.reconnect();
    let mut page = history(&[row("x", 40), row("y", 50)]);
    page["hasMore"] = json!(true);
    page["nextOffset"] = json!(1);
    see(&mut world, &page);
    let (_, params) = world.own_all("chat.history").pop().unwrap();
    assert_eq!(params["offset"], 1, "the gateway counts, not we");
    let mut page = history(&[row("k", 30)]);
    page["hasMore"] = json!(true);
    page["nextOffset"] = json!(2);
    see(&mut world, &page);
    assert_eq!(world.confirmed(), ["k"]);
    assert_eq!(looks(&world), 2, "far enough");
}

#[test]
fn a_gateway_whose_pages_do_not_go_back_is_not_followed_for_ever() {
    let mut world = lost_in_between();
    let mut page = history(&[row("x", 100)]);
    page["hasMore"] = json!(true);
    page["nextOffset"] = json!(0);
    see(&mut world, &page);
    assert_eq!(world.left(), ["k"], "decided by what was seen");

    let mut world = lost_in_between();
    for round in 1..1000 {
        if !world.left().is_empty() {
            assert!(round < 40, "{round}");
            return;
        }
        page["nextOffset"] = json!(round * 200);
        see(&mut world, &page);
    }
    panic!("never decided");
}

#[test]
fn a_look_that_fails_is_tried_again_ever_more_rarely() {
    let mut world = lost_in_between();
    let mut due = Vec::new();
    for second in 0..300 {
        if looks(&world) > due.len() {
            due.push(second);
            let look = world.own("chat.history");
            world.refuse(look, &json!({"code": "UNAVAILABLE", "retryable": true}));
        }
        world.live(1);
    }
    assert_eq!(due, [0, 5, 15, 35, 75, 135, 195, 255]);
    assert_eq!(world.state("k"), Some(Sending));
    world.live(20);
    see(&mut world, &history(&[row("k", 1)]));
    assert_eq!(world.confirmed(), ["k"]);
}

#[test]
fn a_final_without_words_asks_history() {
    let mut world = World::ready();
    world.enqueue("k");
    accept(&mut world, "k");
    let payload = json!({"sessionKey": MAIN, "runId": "k", "state": "final"});
    world.event("chat", &payload);
    assert_eq!(looks(&world), 1);
    see(&mut world, &history(&[row("k", 1)]));
    assert_eq!(world.confirmed(), ["k"]);
}

#[test]
fn a_final_without_words_during_a_look_asks_history_once_more() {
    let mut world = World::ready();
    world.enqueue("a");
    accept(&mut world, "a");
    world.enqueue("b");
    accept(&mut world, "b");
    for key in ["a", "b"] {
        let payload = json!({"sessionKey": MAIN, "runId": key, "state": "final"});
        world.event("chat", &payload);
    }
    assert_eq!(looks(&world), 1);
    see(&mut world, &history(&[row("a", 1)]));
    assert_eq!(looks(&world), 2);
    see(&mut world, &history(&[row("a", 1), row("b", 1)]));
    assert_eq!(world.confirmed(), ["a", "b"]);
}

#[test]
fn an_accepted_message_whose_proof_never_comes_is_looked_up_now_and_then() {
    let mut world = World::ready();
    world.enqueue("k");
    accept(&mut world, "k");
    let mut due = Vec::new();
    for second in 0..200 {
        world.live(1);
        if looks(&world) > due.len() {
            due.push(second + 1);
            see(&mut world, &pending("k", "queued"));
        }
    }
    assert_eq!(due, [10, 30, 70, 130, 190]);
}

#[test]
fn a_gap_in_the_frames_is_a_reason_to_look_at_once() {
    let mut world = World::ready();
    world.enqueue("k");
    accept(&mut world, "k");
    world.event_numbered(9, "agent", &json!({}));
    assert_eq!(looks(&world), 1);
}

#[test]
fn a_row_of_about_the_same_time_is_not_far_enough_back() {
    let mut world = World::ready();
    world.live(100);
    world.enqueue("k");
    world.sent.clear();
    world.reconnect();
    let mut page = history(&[row("x", 70)]);
    page["hasMore"] = json!(true);
    page["nextOffset"] = json!(1);
    see(&mut world, &page);
    assert_eq!(looks(&world), 2, "clocks differ by half a minute");
    page = history(&[row("y", 30)]);
    page["hasMore"] = json!(true);
    page["nextOffset"] = json!(2);
    see(&mut world, &page);
    assert_eq!(looks(&world), 2);
    assert_eq!(world.left(), ["k"]);
}

#[test]
fn looks_for_one_message_after_the_other_grow_rarer_as_those_for_one_do() {
    let mut world = World::ready();
    let mut seconds = 0;
    for number in 1..=9 {
        let key = format!("k{number}");
        world.enqueue(&key);
        accept(&mut world, &key);
        let before = looks(&world);
        let payload = json!({"sessionKey": MAIN, "runId": key, "state": "final"});
        world.event("chat", &payload);
        while looks(&world) == before {
            world.live(1);
            seconds += 1;
        }
        see(&mut world, &history(&[row(&key, number)]));
        assert_eq!(world.confirmed().len() as u64, number);
    }
    assert!(seconds > 20, "{seconds}");
}
