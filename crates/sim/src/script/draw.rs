//! Writing a script.

use super::{Action, Fault, File, Letter, Step};
use crate::rng::Rng;
use crate::setup::Setup;
use crate::world::Trouble;

const CODES: [u16; 6] = [1006, 1006, 1006, 1001, 1008, 1012];

const REFUSALS: [&str; 3] = [
    r#"{"code":"NOT_PAIRED","message":"pairing required","details":{"code":"PAIRING_REQUIRED","reason":"not-paired"}}"#,
    r#"{"code":"UNAVAILABLE","retryable":true,"retryAfterMs":0}"#,
    r#"{"code":"WHAT","message":"a code that nobody knows"}"#,
];

/// What a stretch of a script is mostly about.
#[derive(Debug, Clone, Copy)]
enum Mood {
    /// People write, and little goes wrong.
    Fair,
    /// The network is bad.
    Stormy,
    /// The gateway comes and goes.
    Shaky,
    /// Tabs come and go.
    Restless,
    /// The stores fail.
    Sick,
}

/// Writes the script of a seed.
pub fn draw(rng: &mut Rng, setup: &Setup) -> Vec<Step> {
    let length = 12 + rng.index(60);
    let mut steps = Vec::with_capacity(length);
    let mut mood = Mood::Fair;
    let mut pace = 2_000;
    while steps.len() < length {
        if rng.percent(12) {
            mood = rng.pick(&[
                Mood::Fair,
                Mood::Stormy,
                Mood::Shaky,
                Mood::Restless,
                Mood::Sick,
            ]);
            pace = rng.pick(&[20, 400, 2_000, 10_000]);
        }
        let wait = match rng.between(0, 99) {
            0..2 => rng.between(60_000, 500_000),
            2..30 => rng.between(0, 40),
            _ => rng.skewed(0, pace * 3),
        };
        let action = match rng.between(0, 99) {
            0..45 => people(rng, setup),
            45..52 => field(rng, setup),
            _ => trouble(rng, setup, mood),
        };
        steps.push(Step { wait, action });
    }
    steps
}

fn letter(rng: &mut Rng, setup: &Setup) -> Letter {
    let method = rng.percent(12).then(|| rng.pick(&["send", "agent"]));
    Letter {
        session: rng.index(setup.sessions),
        main: rng.percent(30),
        method,
        bytes: match rng.between(0, 19) {
            0 => 300_000,
            1 | 2 => 100_000,
            _ => rng.between(10, 900),
        },
        ttl: rng
            .percent(setup.expiring)
            .then(|| rng.pick(&[500, 20_000, 120_000])),
        file: rng
            .percent(setup.field.files)
            .then(|| match rng.between(0, 9) {
                0..6 => File::Read(rng.skewed(5, 60_000)),
                6..9 => File::Unreadable(rng.skewed(5, 60_000)),
                _ => File::Hangs,
            }),
        fault: method.map_or_else(|| fault(rng, setup), |_| None),
    }
}

fn fault(rng: &mut Rng, setup: &Setup) -> Option<Fault> {
    let field = &setup.field;
    let chances = [
        (3, &[Fault::Refused][..]),
        (field.unkeepable, &[Fault::Unkeepable, Fault::Unmarkable]),
        (field.deadly, &[Fault::Deadly]),
        (field.rowless, &[Fault::Stop, Fault::NoRow]),
    ];
    let drawn = chances.map(|(chance, faults)| rng.percent(chance).then(|| rng.pick(faults)));
    drawn.into_iter().flatten().next()
}

fn people(rng: &mut Rng, setup: &Setup) -> Action {
    let tab = rng.index(8);
    let entry = rng.index(8);
    match rng.between(0, 99) {
        0..62 => Action::Write(tab, letter(rng, setup)),
        62..70 => {
            let count = rng.pick(&[2, 5, 12, 30]);
            Action::Burst(tab, count, letter(rng, setup))
        }
        70..80 => Action::Ask(tab, rng.percent(40), rng.percent(30)),
        80..82 => Action::GiveUp(tab),
        82..86 => Action::Remove(tab, entry),
        86..92 => Action::Resend(tab, entry),
        92..94 => Action::Edit(tab, entry),
        94 | 95 => Action::Dismiss(tab, entry),
        96 => Action::Abort(rng.index(setup.sessions)),
        97 => Action::Close(tab),
        _ => Action::Connect(tab),
    }
}

/// What the field brings to this world.
fn field(rng: &mut Rng, setup: &Setup) -> Action {
    let field = &setup.field;
    let device = rng.index(setup.devices);
    match rng.between(0, 4) {
        0 if field.sign_in => Action::NoSignIn(device, rng.percent(50), rng.skewed(1_000, 120_000)),
        1 if field.resets => Action::Reset(rng.index(setup.sessions)),
        2 | 3 if field.scopes => Action::MayWrite(rng.percent(50)),
        4 if field.gaps => Action::Gaps(rng.skewed(2_000, 30_000)),
        _ => people(rng, setup),
    }
}

fn trouble(rng: &mut Rng, setup: &Setup, mood: Mood) -> Action {
    let mood = if rng.percent(25) {
        rng.pick(&[Mood::Stormy, Mood::Shaky, Mood::Restless, Mood::Sick])
    } else {
        mood
    };
    let device = rng.index(setup.devices);
    match mood {
        Mood::Fair => people(rng, setup),
        Mood::Stormy => network(rng, device),
        Mood::Shaky => gateway(rng),
        Mood::Restless => tabs(rng, device),
        Mood::Sick => match rng.between(0, 9) {
            0..4 => Action::Store(device, Trouble::Fails, rng.skewed(100, 40_000)),
            4..6 => Action::Store(device, Trouble::Full, rng.skewed(100, 40_000)),
            6..8 => {
                let slow = Trouble::Slow(rng.skewed(50, 12_000));
                Action::Store(device, slow, rng.skewed(1_000, 40_000))
            }
            _ => Action::WallClock(
                device,
                rng.pick(&[-3_600_000, -60_000, 60_000, 31_536_000_000]),
            ),
        },
    }
}

fn network(rng: &mut Rng, device: usize) -> Action {
    let tab = rng.index(8);
    match rng.between(0, 99) {
        0..45 => Action::Cut(tab, rng.pick(&CODES)),
        45..60 => Action::HalfOpen(tab),
        60..72 => Action::Hold(device, rng.skewed(200, 30_000)),
        72..77 => Action::Black(device, rng.skewed(200, 60_000)),
        77..80 => Action::Swallow(device, rng.skewed(500, 500_000)),
        80..88 => Action::Slow(device, rng.skewed(100, 4_000), rng.skewed(1_000, 60_000)),
        88..94 => Action::Online(tab, rng.percent(60)),
        _ => Action::Refuse(rng.pick(&REFUSALS), rng.index(3) + 1),
    }
}

fn gateway(rng: &mut Rng) -> Action {
    let away = rng.skewed(300, 60_000);
    match rng.between(0, 99) {
        0..50 => Action::Kill(away),
        50..75 => Action::Drain(away),
        75..83 => {
            let by = rng.pick(&[-600_000, -30_000, 30_000, 600_000]);
            Action::KillAndSetClock(away, by)
        }
        83..88 => Action::ClockBack(rng.pick(&[1_000, 30_000])),
        _ => Action::Cut(rng.index(8), 1006),
    }
}

fn tabs(rng: &mut Rng, device: usize) -> Action {
    let tab = rng.index(8);
    match rng.between(0, 99) {
        0..18 => Action::Open(device),
        18..30 => Action::KillTab(tab),
        30..46 => Action::Reload(tab),
        46..60 => Action::Freeze(tab),
        60..72 => Action::Thaw(tab),
        72..79 => Action::Hide(tab),
        79..86 => Action::Show(tab),
        86..89 => Action::Restore(tab),
        89..97 => {
            let long = rng.pick(&[3_000, 40_000, 400_000, 28_800_000]);
            Action::Sleep(device, rng.between(long / 2, long), rng.percent(50))
        }
        _ => Action::Connect(tab),
    }
}
