use super::super::words::catalogues::english;
use super::*;

fn said(text: &str) -> Arc<Message> {
    Arc::new(Message::from_text(text))
}

fn history(number: u64, who: Who, key: Option<&str>) -> HistoryRow<'_> {
    HistoryRow {
        place: (number, 0),
        who,
        key,
        run: None,
        message: said(&number.to_string()),
        stopped: false,
        tick: None,
    }
}

fn told<'a>(history: &[HistoryRow<'a>], live: &[LiveRun]) -> Vec<Told<'a>> {
    let rows = history.iter().cloned().map(Told::Row);
    rows.chain(live.iter().cloned().map(Told::Run)).collect()
}

fn assemble(history: &[HistoryRow<'_>], live: &[LiveRun], outbox: &[OutboxEntry]) -> Vec<Row> {
    Transcript::default().assemble(&told(history, live), outbox)
}

fn entry(key: &str, state: State) -> OutboxEntry {
    OutboxEntry {
        key: key.into(),
        message: said(key),
        state,
        reason: None,
    }
}

fn run(id: &str) -> LiveRun {
    LiveRun {
        run_id: id.into(),
        message: Some(said("…")),
        retrying: None,
        end: None,
    }
}

fn keys(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| &*row.key).collect()
}

#[test]
fn a_message_is_drawn_once_and_keeps_its_place_when_the_gateway_shows_it() {
    let before = assemble(&[], &[], &[entry("a", State::Accepted)]);
    let after = assemble(
        &[history(1, Who::You, Some("a"))],
        &[],
        &[entry("a", State::Accepted)],
    );
    assert_eq!(keys(&before), keys(&after));
    assert_eq!(after.first().map(|row| row.state), Some(State::Confirmed));
}

#[test]
fn a_message_that_two_tabs_tell_of_is_drawn_once() {
    let rows = assemble(
        &[],
        &[],
        &[
            entry("a", State::Queued),
            entry("b", State::Queued),
            entry("a", State::Queued),
        ],
    );
    assert_eq!(keys(&rows), ["key:a", "key:b"]);
}

#[test]
fn a_question_stands_before_its_answer_and_later_ones_after_it() {
    let rows = assemble(
        &[history(1, Who::Assistant, None)],
        &[run("a")],
        &[
            entry("b", State::Queued),
            entry("a", State::Accepted),
            entry("c", State::Queued),
        ],
    );
    assert_eq!(keys(&rows), ["row:1.0", "key:a", "run:a", "key:b", "key:c"]);
}

#[test]
fn names_begin_with_the_speaker_and_say_what_waits() {
    let rows = assemble(
        &[history(1, Who::Assistant, None)],
        &[run("a")],
        &[entry("b", State::Queued)],
    );
    let names: Vec<_> = rows
        .iter()
        .map(|row| english(&row.accessible_name(Some("12:31".to_owned()))))
        .collect();
    assert_eq!(
        names,
        [
            "Assistant, 12:31",
            "Assistant, 12:31, writing",
            "You, 12:31, Waiting to be sent"
        ]
    );
}

#[test]
fn a_row_says_how_far_it_has_come_and_who_wrote_it() {
    let tick = |state| Tick {
        state,
        reason: None,
    };
    let mut message = Message::from_text("hi");
    message.tick = Some(tick(State::Sent));
    let mut sent = history(1, Who::Assistant, None);
    sent.message = Arc::new(message);
    let mut message = Message::from_text("ho");
    message.speaker = Some("Ann".to_owned());
    let mut came = history(2, Who::You, None);
    came.message = Arc::new(message);
    let mut transcript = Transcript::default();
    let mut names = |rows: &[HistoryRow<'_>]| -> Vec<String> {
        let rows = transcript.assemble(&told(rows, &[]), &[]);
        let names = rows.iter().map(|row| english(&row.accessible_name(None)));
        names.collect()
    };
    assert_eq!(
        names(&[sent.clone(), came.clone()]),
        ["Assistant, Sent", "Ann"]
    );
    // What is told later counts.
    sent.tick = Some(tick(State::Read));
    assert_eq!(names(&[sent, came]), ["Assistant, Read", "Ann"]);
}

#[test]
fn a_reply_keeps_its_element_when_the_history_shows_it() {
    let before = assemble(&[], &[run("a")], &[]);
    let mut row = history(9, Who::Assistant, None);
    row.run = Some("a");
    let after = assemble(&[row, history(10, Who::Assistant, None)], &[], &[]);
    assert_eq!(keys(&before), ["run:a"]);
    assert_eq!(keys(&after), ["run:a", "row:10.0"]);
}

#[test]
fn a_run_that_ended_without_a_row_keeps_its_place() {
    let mut failed = run("a");
    failed.end = Some(LiveEnd::Failed(Words::said("No model.")));
    let told = [
        Told::Row(history(1, Who::You, Some("a"))),
        Told::Run(failed),
        Told::Row(history(2, Who::You, Some("b"))),
    ];
    let rows = Transcript::default().assemble(&told, &[entry("b", State::Accepted)]);
    assert_eq!(keys(&rows), ["key:a", "run:a", "key:b"]);
}

#[test]
fn a_run_that_is_tried_again_is_a_line_that_says_so() {
    let mut silent = run("a");
    silent.message = None;
    silent.retrying = Some(Words::of("trying-again"));
    let rows = assemble(&[], &[silent], &[]);
    assert_eq!(keys(&rows), ["run:a"]);
    let row = &rows[0];
    assert_eq!(row.note, Some(Words::of("trying-again")));
    assert!(row.live && row.reason.is_none());
}

#[test]
fn a_row_that_another_one_calls_stopped_is_stopped() {
    let mut row = history(1, Who::Assistant, None);
    row.stopped = true;
    assert!(assemble(&[row], &[], &[])[0].stopped);
}

#[test]
fn a_run_that_has_not_said_anything_is_no_line() {
    let mut silent = run("a");
    silent.message = None;
    assert_eq!(
        keys(&assemble(
            &[],
            &[silent.clone()],
            &[entry("a", State::Accepted)]
        )),
        ["key:a"]
    );
    silent.end = Some(LiveEnd::Stopped);
    assert!(assemble(&[], &[silent], &[]).is_empty());
}

#[test]
fn a_failed_run_says_why_and_no_longer_writes() {
    let mut failed = run("a");
    failed.end = Some(LiveEnd::Failed(Words::said("No model.")));
    let rows = assemble(&[], &[failed], &[]);
    assert!(
        rows.iter()
            .all(|row| !row.live && row.reason == Some(Words::said("No model.")))
    );
}

#[test]
fn no_two_lines_have_one_key_whatever_the_gateway_tells() {
    let mut answer = history(3, Who::Assistant, None);
    answer.run = Some("r");
    let rows = [
        history(1, Who::You, Some("a")),
        history(2, Who::You, Some("a")),
        answer.clone(),
        HistoryRow {
            place: (4, 0),
            ..answer
        },
    ];
    let all = assemble(&rows, &[run("r")], &[entry("a", State::Accepted)]);
    assert_eq!(
        keys(&all),
        ["key:a", "row:2.0", "run:r", "row:4.0", "live:r"]
    );
}

#[test]
fn a_row_keeps_its_line_when_its_words_or_its_place_change() {
    let mut transcript = Transcript::default();
    let before = [
        history(1, Who::You, Some("a")),
        history(5, Who::You, Some("b")),
    ];
    let first = transcript.assemble(&told(&before, &[]), &[]);
    assert_eq!(keys(&first), ["key:a", "key:b"]);
    // Further back, and what was first says something else.
    let after = [
        history(1, Who::You, Some("a")),
        history(4, Who::You, Some("b")),
    ];
    let then = transcript.assemble(&told(&after, &[]), &[]);
    assert_eq!(keys(&then), ["key:a", "key:b"]);
    assert!(Arc::ptr_eq(&then[0].message, &after[0].message));
    assert_eq!(then[1].seq, Some(4));
}

#[test]
fn what_is_told_again_and_again_is_shown_as_if_it_were_told_at_once() {
    let rows: Vec<HistoryRow<'_>> = (1..9)
        .map(|number| HistoryRow {
            run: (number % 3 == 0).then_some("r"),
            stopped: number == 4,
            ..history(number, Who::Assistant, (number % 4 == 0).then_some("a"))
        })
        .collect();
    let mut transcript = Transcript::default();
    // Each choice of the rows after each other one.
    for choice in (0..64_u32).flat_map(|one| [one, one.wrapping_mul(41) % 256]) {
        let chosen = rows
            .iter()
            .zip(0..)
            .filter(|(_, bit)| choice >> bit & 1 == 1);
        let mut chosen: Vec<HistoryRow<'_>> = chosen.map(|(row, _)| row.clone()).collect();
        if let Some(row) = chosen.first_mut().filter(|_| choice % 5 == 0) {
            row.stopped = true;
        }
        let now = transcript.assemble(&told(&chosen, &[]), &[entry("a", State::Queued)]);
        let anew = assemble(&chosen, &[], &[entry("a", State::Queued)]);
        let mut names = keys(&now);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), now.len(), "{choice}: no two have one key");
        let said = |rows: &[Row]| -> Vec<_> {
            let said = rows
                .iter()
                .map(|row| (row.seq, row.stopped, row.message.text()));
            said.collect()
        };
        assert_eq!(said(&now), said(&anew), "{choice}");
    }
}
