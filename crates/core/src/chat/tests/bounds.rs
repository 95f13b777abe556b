//! A gateway that answers more than it was asked for, or never stops.

use super::*;

fn rows(count: u64) -> Vec<Value> {
    (1..=count).map(|seq| row("user", seq, "x")).collect()
}

fn places(chat: &Chat<String>) -> Vec<u64> {
    let items = chat.items();
    items
        .filter_map(|item| match item {
            Item::Row(shown) => Some(shown.place.0),
            Item::Live(_) => None,
        })
        .collect()
}

#[test]
fn of_a_page_that_is_too_long_the_newest_part_is_read() {
    let mut reader = Reader::of(&rows(20_000));
    let shown = places(&reader.chat);
    assert_eq!((shown.len(), shown[0], shown[99]), (100, 19_901, 20_000));
    assert_eq!(reader.chat.older(), Some(100), "the rest can be asked for");
    let question = Question {
        asked: reader.chat.version(),
        offset: 100,
        limit: 100,
    };
    let next = history(&rows(19_900));
    let next = read_page(&next, &question, &mut words, &mut |_| None);
    fold(&mut reader.chat, Change::Older(next));
    let shown = places(&reader.chat);
    assert_eq!((shown.len(), shown[0]), (200, 19_801));
    assert_eq!(reader.chat.older(), Some(200));
}

#[test]
fn a_record_of_several_rows_counts_once() {
    let mut pieces = Vec::new();
    for seq in 1..=100 {
        for piece in ["one", "two", "three"] {
            pieces.push(row("assistant", seq, piece));
        }
    }
    let mut page = history(&pieces);
    page["hasMore"] = json!(true);
    page["nextOffset"] = json!(100);
    let mut reader = Reader::new();
    reader.load(&page);
    assert_eq!(places(&reader.chat).len(), 300);
    assert_eq!(reader.chat.older(), Some(100));
    let endless: Vec<Value> = (0..20_000).map(|_| row("assistant", 1, "again")).collect();
    assert!(places(&Reader::of(&endless).chat).len() <= 1_600);
}

#[test]
fn a_page_that_leads_back_is_the_last() {
    let mut page = history(&rows(1));
    page["hasMore"] = json!(true);
    page["nextOffset"] = json!(100);
    let question = Question {
        asked: 0,
        offset: 100,
        limit: 100,
    };
    let page = read_page(&page, &question, &mut words, &mut |_| None);
    assert_eq!(page.older, None);
}

#[test]
fn a_chat_holds_a_bounded_number_of_rows_and_offers_the_others() {
    let mut reader = Reader::of(&rows(3));
    for seq in 4..=25_000 {
        reader.row(&row("user", seq, "x"));
    }
    let shown = places(&reader.chat);
    assert!(shown.len() <= 20_000 && shown.len() >= 10_000);
    assert_eq!(shown.last(), Some(&25_000));
    let held = u64::try_from(shown.len()).unwrap();
    assert!(reader.chat.older().is_some_and(|older| older <= held));
    // However they come: without a number, without a name, all the same one.
    let mut nameless = Reader::new();
    for _ in 0..25_000 {
        nameless.row(&json!({"role": "user", "content": "x"}));
    }
    assert!(places(&nameless.chat).len() <= 20_000);
    let mut one = Reader::new();
    for _ in 0..1_000 {
        one.row(&json!({"role": "user", "content": "x", "__openclaw": {"id": "one"}}));
    }
    assert_eq!(places(&one.chat).len(), 1);
}

#[test]
fn pages_of_older_rows_end_somewhere() {
    let mut reader = Reader::new();
    let page = |first: u64| {
        let rows: Vec<Value> = (first..first + 100)
            .map(|seq| row("user", seq, "x"))
            .collect();
        let mut page = history(&rows);
        page["hasMore"] = json!(true);
        page["nextOffset"] = json!(1_000_000 - first);
        page
    };
    let mut first = 999_900;
    reader.load(&page(first));
    while reader.chat.older().is_some() {
        first -= 100;
        reader.load_older(&page(first));
        assert!(places(&reader.chat).len() <= 20_100);
    }
    assert!(places(&reader.chat).len() >= 10_000);
}
