//! Who gets a place, who waits for one, and who loses his.

use super::*;

fn of(strangers: usize) -> Places {
    let known = 2;
    Places::new(Room { strangers, known })
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

async fn many(places: &Places, count: usize, from: &str) -> Vec<Arc<Place>> {
    let mut taken = Vec::new();
    for _ in 0..count {
        taken.push(places.take(ip(from)).await);
    }
    taken
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_gets_a_place_and_the_longest_silent_loses_one() {
    let places = of(3);
    let taken = many(&places, 3, "10.0.0.1").await;
    taken[0].asked();
    let newcomer = places.take(ip("10.0.0.1")).await;
    assert!(taken[1].is_lost());
    assert!(!taken[0].is_lost() && !taken[2].is_lost() && !newcomer.is_lost());
    drop(newcomer);
    let _another = places.take(ip("10.0.0.1")).await;
    assert!(!taken[2].is_lost(), "a place was free");
}

#[tokio::test(start_paused = true)]
async fn a_peer_with_many_loses_his_own() {
    let places = of(10);
    let first = places.take(ip("10.0.0.2")).await;
    let mut flood = Vec::new();
    for n in 0..50 {
        flood.push(places.take(ip(&format!("2001:db8::{n}"))).await);
    }
    let _next = places.take(ip("10.0.0.3")).await;
    assert!(!first.is_lost());
    assert_eq!(flood.iter().filter(|one| !one.is_lost()).count(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_page_with_many_loses_its_own_before_others_on_its_machine() {
    let places = of(10);
    let here = ip("127.0.0.1");
    let other = places.take(here).await;
    let mut flood = Vec::new();
    for _ in 0..50 {
        let one = places.take(here).await;
        one.comes_from(here, Some("http://localhost:9".to_owned()));
        flood.push(one);
    }
    assert!(!other.is_lost());
}

#[tokio::test(start_paused = true)]
async fn who_signed_in_loses_nothing() {
    let places = of(2);
    let known = places.take(ip("10.0.0.1")).await;
    assert!(known.let_in());
    let _flood = many(&places, 9, "10.0.0.1").await;
    assert!(!known.is_lost());
    let late = places.take(ip("10.0.0.1")).await;
    let _others = many(&places, 2, "10.0.0.1").await;
    assert!(late.is_lost());
    assert!(!late.let_in(), "it is too late");
}

#[tokio::test(start_paused = true)]
async fn a_crowd_waits_while_those_before_it_come_in_and_a_neighbour_does_not() {
    let places = of(3);
    let busy = many(&places, 3, "10.0.0.1").await;
    busy.iter().for_each(|one| one.asked());
    let before = Instant::now();
    let crowd = tokio::spawn({
        let places = places.clone();
        async move { places.take(ip("10.0.0.1")).await }
    });
    tokio::task::yield_now().await;
    assert!(!crowd.is_finished() && busy.iter().all(|one| !one.is_lost()));
    assert!(busy[1].let_in());
    let next = crowd.await.unwrap();
    assert_eq!(before.elapsed(), Duration::ZERO, "as soon as one is in");
    // Another network need not wait for this one.
    let _neighbour = places.take(ip("10.0.0.2")).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert!(next.is_lost(), "it has said nothing yet");
    // Whoever goes on talking, and never comes in, keeps nobody out.
    let talking = tokio::spawn(async move {
        loop {
            busy[0].asked();
            busy[2].asked();
            tokio::time::sleep(NEXT / 2).await;
        }
    });
    many(&places, 2, "10.0.0.1").await;
    assert!(before.elapsed() <= ALL);
    talking.abort();
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_which_nobody_comes_in_keeps_no_neighbour_waiting() {
    let places = of(3);
    let before = Instant::now();
    let mut flood = Vec::new();
    // One after the other, as they stand in the system's queue, a neighbour last.
    for _ in 0..60 {
        let one = places.take(ip("10.0.0.1")).await;
        one.asked();
        one.is_owed();
        flood.push(one);
    }
    let _neighbour = places.take(ip("10.0.0.2")).await;
    assert!(before.elapsed() <= HOPE, "{:?}", before.elapsed());
    // Somebody of them comes in after all: the next ones wait for those before.
    let last = flood.pop().unwrap();
    assert!(last.let_in());
    let _next = places.take(ip("10.0.0.1")).await;
    let again = Instant::now();
    let _another = places.take(ip("10.0.0.1")).await;
    assert!(again.elapsed() > Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_flood_that_goes_and_comes_again_keeps_no_neighbour_waiting_either() {
    let places = of(3);
    let before = Instant::now();
    let flood = Mutex::new(std::collections::VecDeque::new());
    let come = async {
        for _ in 0..20 {
            let one = places.take(ip("10.0.0.1")).await;
            one.is_owed();
            flood.lock().unwrap().push_back(one);
        }
        places.take(ip("10.0.0.2")).await
    };
    let go = async {
        loop {
            tokio::time::sleep(HOPE / 2).await;
            flood.lock().unwrap().pop_front();
        }
    };
    tokio::select! {
        _neighbour = come => {}
        () = go => {}
    }
    assert!(before.elapsed() <= HOPE, "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_our_answer_keeps_his_place_while_we_work() {
    let places = of(2);
    let taken = many(&places, 2, "10.0.0.1").await;
    let before = Instant::now();
    taken[0].is_owed();
    taken[1].asked();
    let _next = places.take(ip("10.0.0.1")).await;
    assert!(taken[1].is_lost() && !taken[0].is_lost());
    let another = places.take(ip("10.0.0.1")).await;
    assert!(!taken[0].is_lost(), "it still waits");
    another.is_owed();
    taken[0].asked();
    let _later = places.take(ip("10.0.0.1")).await;
    assert!(taken[0].is_lost() && !another.is_lost());
    assert!(before.elapsed() <= ALL);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_turned_away_gives_his_place_up_at_once() {
    let places = of(2);
    let taken = many(&places, 2, "10.0.0.1").await;
    taken.iter().for_each(|one| one.asked());
    let before = Instant::now();
    taken[1].dismiss();
    let _next = places.take(ip("10.0.0.1")).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert!(taken[1].is_lost() && !taken[0].is_lost());
}

#[tokio::test(start_paused = true)]
async fn beyond_the_room_for_known_ones_a_stranger_waits_until_somebody_leaves() {
    let places = of(9);
    let mut known = many(&places, 2, "10.0.0.1").await;
    assert!(known.iter().all(|one| one.let_in() && one.let_in()));
    let late = places.take(ip("10.0.0.1")).await;
    assert!(!late.let_in() && !late.is_lost());
    known.pop();
    assert!(late.let_in());
}

#[test]
fn there_is_room_for_known_ones_however_little_the_system_gives() {
    for (open_files, room) in [
        (65_536, (512, 1_024)),
        (1_024, (240, 480)),
        (256, (48, 96)),
        (0, (2, 4)),
    ] {
        let (strangers, known) = room;
        assert_eq!(Room::within(open_files), Room { strangers, known });
    }
}
