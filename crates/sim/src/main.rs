//! `clawline-sim --seeds N [--from S]`: plays seeds on all cores.

use std::num::NonZero;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use clap::Parser;
use clawline_sim::judge::{Tally, Violation};
use clawline_sim::seed::Case;
use clawline_sim::shrink::shrink;

/// The simulator: the engine against a model of the gateway, in virtual time.
#[derive(Debug, Parser)]
struct Options {
    /// How many seeds to play
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first of them; the same seed is the same world
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Threads; all cores when not given
    #[arg(long)]
    threads: Option<NonZero<usize>>,
    /// Print what happens in the first seed, line by line
    #[arg(long)]
    trace: bool,
    /// Stop at the first seed that fails, and print no trace of it: for the
    /// runner of the seeded bugs
    #[arg(long)]
    first: bool,
    /// Print so many failing seeds with their traces
    #[arg(long, default_value_t = 3)]
    show: usize,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if options.trace {
        return trace(options.from);
    }
    // A panic is reported with its seed and its trace, once.
    std::panic::set_hook(Box::new(|_| {}));
    let started = Instant::now();
    let (tally, mut failures) = play(&options);
    failures.sort_by_key(|(seed, _)| *seed);
    let seconds = started.elapsed().as_secs_f64();
    if options.first {
        if let Some((seed, broken)) = failures.first() {
            println!("seed {seed}: {broken}");
        }
        return ExitCode::from(u8::from(!failures.is_empty()));
    }
    for (seed, broken) in failures.iter().take(options.show) {
        explain(*seed, broken);
    }
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let pace = options.seeds as f64 / seconds;
    println!(
        "{} seeds from {} in {seconds:.1} s ({pace:.0} a second): {} failed",
        options.seeds,
        options.from,
        failures.len()
    );
    println!("{tally}");
    for (seed, broken) in failures.iter().take(20) {
        println!("seed {seed} {broken}");
    }
    ExitCode::from(u8::from(!failures.is_empty()))
}

fn play(options: &Options) -> (Tally, Vec<(u64, Violation)>) {
    let threads = options.threads.map_or_else(
        || thread::available_parallelism().map_or(1, NonZero::get),
        NonZero::get,
    );
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let all = Mutex::new((Tally::default(), Vec::new()));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut tally = Tally::default();
                let mut failures = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= options.seeds {
                        break;
                    }
                    let seed = options.from.wrapping_add(index);
                    let outcome = Case::of(seed).play(false);
                    tally += outcome.tally;
                    if let Some(broken) = outcome.broken {
                        failures.push((seed, broken));
                        stop.fetch_or(options.first, Ordering::Relaxed);
                    }
                }
                if let Ok(mut all) = all.lock() {
                    all.0 += tally;
                    all.1.append(&mut failures);
                }
            });
        }
    });
    all.into_inner().unwrap_or_default()
}

fn trace(seed: u64) -> ExitCode {
    let case = Case::of(seed);
    println!("seed {seed}: {}", case.setup);
    let outcome = case.play(true);
    for line in outcome.trace {
        println!("{line}");
    }
    match outcome.broken {
        None => ExitCode::SUCCESS,
        Some(broken) => {
            println!("{broken}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a failing seed and the shortest way to the same failure.
fn explain(seed: u64, broken: &Violation) {
    println!("\nseed {seed} FAILED {broken}");
    let short = shrink(&Case::of(seed), broken.promise);
    println!("  {}", short.setup);
    let outcome = short.play(true);
    for line in outcome.trace {
        println!("  {line}");
    }
    if let Some(broken) = outcome.broken {
        println!("  => {broken}");
    }
    println!("  again: cargo xtask sim --seeds 1 --from {seed}\n");
}
