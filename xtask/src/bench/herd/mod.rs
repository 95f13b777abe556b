//! `bench herd`: a thousand clients lose one gateway at once. Ours are real
//! engines; gateway, network and clock are a model.

mod engine;
mod ladder;
mod model;

use anyhow::Result;
use serde_json::json;

use engine::Clawline;
use ladder::Ladder;
use model::{ADMITTED_PER_SECOND, CLIENTS, Client, Outcome, outage};

const DEFAULT_ROUNDS: u16 = 5;

/// The gateway is away for so long, and may have said so.
struct Case {
    name: &'static str,
    down_ms: u64,
    told_ms: Option<u64>,
}

const CASES: [Case; 4] = [
    Case::new("down-1", 1_000, None),
    Case::new("down-10", 10_000, None),
    Case::new("told-10", 10_000, Some(10_000)),
    Case::new("down-60", 60_000, None),
];

impl Case {
    const fn new(name: &'static str, down_ms: u64, told_ms: Option<u64>) -> Self {
        Self {
            name,
            down_ms,
            told_ms,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Policy {
    Clawline { seeds: u64 },
    Ladder(f64, f64, f64),
}

/// The first is what the others are measured by. `clawline-again` is `clawline`
/// with other seeds: their distance is the noise.
const SUBJECTS: [(&str, Policy); 5] = [
    ("official", Policy::Ladder(1_000.0, 2.0, 30_000.0)),
    ("control-ui", Policy::Ladder(800.0, 1.7, 15_000.0)),
    ("partysocket", Policy::Ladder(3_000.0, 1.3, 10_000.0)),
    ("clawline", Policy::Clawline { seeds: 0 }),
    ("clawline-again", Policy::Clawline { seeds: 1 << 32 }),
];

/// What is shown of an outcome: the bench's name, the unit, the heading and the
/// value.
type Measure = (
    &'static str,
    &'static str,
    &'static str,
    fn(&Outcome) -> f64,
);

const MEASURES: [Measure; 6] = [
    ("herd-attempts-down", "attempts", "down", |outcome| {
        outcome.attempts_down
    }),
    ("herd-attempts", "attempts", "after", |outcome| {
        outcome.attempts
    }),
    ("herd-peak", "per 100 ms", "peak", |outcome| outcome.peak),
    ("herd-p50", "ms", "p50 ms", |outcome| outcome.quantile(0.5)),
    ("herd-p95", "ms", "p95 ms", |outcome| outcome.quantile(0.95)),
    ("herd-last", "ms", "last ms", |outcome| {
        outcome.quantile(1.0)
    }),
];

/// Runs and prints the model, each case so often.
pub(super) fn herd(rounds: Option<u16>, json: bool) -> Result<()> {
    let rounds = rounds.unwrap_or(DEFAULT_ROUNDS);
    if !json {
        println!(
            "herd: {CLIENTS} clients, a gateway that admits {ADMITTED_PER_SECOND} a second; attempts \
             of a client while it is away and after, the peak in 100 ms, and when they were \
             back; means of {rounds} runs"
        );
    }
    for case in CASES {
        let mut rows = Vec::new();
        for (subject, policy) in SUBJECTS {
            let mut outcomes = Vec::new();
            for round in 0..u64::from(rounds) {
                let mut herd = gather(policy, round, case.told_ms)?;
                outcomes.push(outage(&mut herd, case.down_ms, round));
            }
            rows.push((subject, MEASURES.map(|(.., value)| mean(&outcomes, value))));
        }
        if json {
            print_lines(case.name, &rows);
        } else {
            print_table(case.name, &rows);
        }
    }
    Ok(())
}

fn gather(policy: Policy, round: u64, told_ms: Option<u64>) -> Result<Vec<Box<dyn Client>>> {
    (0..CLIENTS as u64)
        .map(|number| -> Result<Box<dyn Client>> {
            Ok(match policy {
                Policy::Clawline { seeds } => {
                    let seed = seeds + round * CLIENTS as u64 + number;
                    Box::new(Clawline::connected(seed, told_ms)?)
                }
                Policy::Ladder(first, factor, cap) => Box::new(Ladder::new(first, factor, cap)),
            })
        })
        .collect()
}

fn mean(outcomes: &[Outcome], value: fn(&Outcome) -> f64) -> f64 {
    outcomes.iter().map(value).sum::<f64>() / outcomes.len() as f64
}

type Row = (&'static str, [f64; MEASURES.len()]);

fn print_lines(case: &str, rows: &[Row]) {
    for (column, (bench, unit, ..)) in MEASURES.into_iter().enumerate() {
        let official = rows.first().map_or(f64::NAN, |(_, values)| values[column]);
        for (subject, values) in rows {
            let value = values[column];
            // JSON has no infinity: who never came back has `null`.
            println!(
                "{}",
                json!({"bench": bench, "case": case, "subject": subject, "value": rounded(value),
                       "unit": unit, "ratio": rounded(value / official)})
            );
        }
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

fn print_table(case: &str, rows: &[Row]) {
    print!("\n{case:<16}");
    for (_, _, heading, _) in MEASURES {
        print!(" {heading:>9}");
    }
    println!(" {:>9}", "p95 ratio");
    let p95 = |values: &[f64; MEASURES.len()]| values[MEASURES.len() - 2];
    let official = rows.first().map_or(f64::NAN, |(_, values)| p95(values));
    for (subject, values) in rows {
        print!("  {subject:<14}");
        for (value, (_, unit, ..)) in values.iter().zip(MEASURES) {
            let digits = usize::from(unit == "attempts");
            print!(" {value:>9.digits$}");
        }
        println!(" {:>9.3}", p95(values) / official);
    }
}
