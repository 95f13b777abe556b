//! The stages of `cargo xtask test`. A stage that fails does not stop the next
//! ones; the last line says how many tests passed and failed.

mod again;
mod binaries;
mod bridge;
mod deny;
mod e2e;
mod examples;
mod libtest;
mod lint;
mod native;
mod node;
mod python;
mod suite;
mod tally;
mod toolchains;
mod types;
mod wasm;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;

use crate::arch;
use crate::build::{self, Variant};
use crate::project::Project;
use crate::replay;
use crate::setup::{self, Tool};
use crate::sim;
use crate::size;
use tally::Tally;

/// What `cargo xtask test` takes.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave out everything that needs a browser or wasm
    #[arg(long, conflicts_with = "full")]
    quick: bool,
    /// Add the long tests (those that are ignored by default)
    #[arg(long)]
    full: bool,
    /// Names of stages to run alone (fmt, arch, clippy, native, types, sim, replay,
    /// python, build, wasm, e2e, toolchains, examples, deny); any other word selects tests by name
    words: Vec<String>,
}

/// What a stage works with.
struct Run<'a> {
    project: &'a Project,
    full: bool,
    /// Run only tests whose name contains it.
    filter: Option<String>,
}

struct Stage {
    name: &'static str,
    about: &'static str,
    /// Part of `--quick`.
    quick: bool,
    /// Runs tests that have names.
    named: bool,
    run: fn(&Run<'_>, &mut Tally) -> Result<()>,
}

/// Stages that run only with `--full`, or by name: they, or their tools, are long.
const LONG: [&str; 2] = ["bridge", "deny"];

const STAGES: [Stage; 15] = [
    Stage {
        name: "fmt",
        about: "formatting",
        quick: true,
        named: false,
        run: lint::fmt,
    },
    Stage {
        name: "arch",
        about: "rules of the architecture",
        quick: true,
        named: false,
        run: |run, tally| {
            let (held, broken) = arch::check(run.project)?;
            tally.add(held, broken);
            Ok(())
        },
    },
    Stage {
        name: "clippy",
        about: "lints, native and wasm",
        quick: true,
        named: false,
        run: lint::clippy,
    },
    Stage {
        name: "native",
        about: "tests that need no browser",
        quick: true,
        named: true,
        run: native::native,
    },
    Stage {
        name: "types",
        about: "the types and the façade of the npm package",
        quick: true,
        named: true,
        run: types::types,
    },
    Stage {
        name: "sim",
        about: "worlds that no run has seen before",
        quick: true,
        named: false,
        run: |run, tally| {
            sim::new_seeds(run.project)?;
            tally.add(1, 0);
            Ok(())
        },
    },
    Stage {
        name: "replay",
        about: "recordings of real traffic",
        quick: true,
        named: false,
        run: |run, tally| {
            let recordings = native::recordings(run.project)?;
            replay::run(&recordings)?;
            tally.add(recordings.len() as u64, 0);
            Ok(())
        },
    },
    Stage {
        name: "python",
        about: "clients of the older wires against the relay",
        quick: false,
        named: true,
        run: python::python,
    },
    Stage {
        name: "build",
        about: "the page and the npm package",
        quick: false,
        named: false,
        run: |run, tally| {
            build::page(run.project, Variant::Shipped)?;
            build::package(run.project)?;
            size::hold_first_load(run.project)?;
            tally.add(1, 0);
            Ok(())
        },
    },
    Stage {
        name: "wasm",
        about: "tests in headless Chromium and Firefox",
        quick: false,
        named: true,
        run: wasm::wasm,
    },
    Stage {
        name: "e2e",
        about: "the page against the embedded and the real gateway",
        quick: false,
        named: true,
        run: e2e::e2e,
    },
    Stage {
        name: "toolchains",
        about: "the npm package where people use it",
        quick: false,
        named: true,
        run: toolchains::toolchains,
    },
    Stage {
        name: "examples",
        about: "the examples of the npm package",
        quick: false,
        named: true,
        run: examples::examples,
    },
    Stage {
        name: "bridge",
        about: "the WhatsApp bridge with real Baileys",
        quick: false,
        named: true,
        run: bridge::bridge,
    },
    Stage {
        name: "deny",
        about: "bans, licences and sources of dependencies",
        quick: false,
        named: false,
        run: deny::deny,
    },
];

/// How a stage ended.
struct Outcome {
    stage: &'static str,
    took: Duration,
    tally: Tally,
    ok: bool,
}

/// Runs the chosen stages; the exit code says whether all of them passed.
pub(crate) fn test(project: &Project, options: &Options) -> Result<ExitCode> {
    let (stages, filter) = choose(options)?;
    let started = Instant::now();
    if stages.iter().any(|stage| !stage.quick) {
        // All at once: the tools then share what they have in common.
        setup::node(project)?;
        setup::wasm_target(project)?;
        setup::tools(
            project,
            &[
                Tool::WasmBindgen,
                Tool::WasmPack,
                Tool::WasmSplit,
                Tool::Geckodriver,
            ],
        )?;
    }
    let set_up = started.elapsed();
    let run = Run {
        project,
        full: options.full,
        filter,
    };
    let outcomes: Vec<_> = stages
        .into_iter()
        .map(|stage| perform(stage, &run))
        .collect();
    Ok(report(&outcomes, set_up, started.elapsed()))
}

/// The stages and the filter that the words on the command line mean.
fn choose(options: &Options) -> Result<(Vec<&'static Stage>, Option<String>)> {
    let is_stage = |word: &&String| STAGES.iter().any(|stage| stage.name == word.as_str());
    let (chosen, others): (Vec<_>, Vec<_>) = options.words.iter().partition(is_stage);
    let filter = match others.as_slice() {
        [] => None,
        [one] => Some((*one).clone()),
        more => bail!(
            "only one word can select tests by name, here are {}: {}; stages are {}",
            more.len(),
            more.iter()
                .map(|word| word.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            STAGES.map(|stage| stage.name).join(", ")
        ),
    };
    let stages: Vec<_> = STAGES
        .iter()
        .filter(|stage| {
            if chosen.is_empty() {
                let wanted = options.full || !LONG.contains(&stage.name);
                (stage.quick || !options.quick) && (stage.named || filter.is_none()) && wanted
            } else {
                chosen.iter().any(|name| *name == stage.name)
            }
        })
        .collect();
    Ok((stages, filter))
}

fn perform(stage: &'static Stage, run: &Run<'_>) -> Outcome {
    println!("\n━━ {} · {}", stage.name, stage.about);
    let started = Instant::now();
    let mut tally = Tally::default();
    let result = (stage.run)(run, &mut tally);
    if let Err(error) = &result {
        println!("error: {error:#}");
        // A program that failed without a failed test (it did not compile, or
        // it crashed) must not look like a success in the last line.
        if tally.failed == 0 {
            tally.add(0, 1);
        }
    }
    let took = started.elapsed();
    let ok = result.is_ok() && tally.failed == 0;
    let word = if ok { "ok" } else { "FAILED" };
    println!("── {} {word} in {}", stage.name, seconds(took));
    Outcome {
        stage: stage.name,
        took,
        tally,
        ok,
    }
}

fn report(outcomes: &[Outcome], set_up: Duration, whole: Duration) -> ExitCode {
    println!(
        "\n{:<10} {:>8} {:>8} {:>8}",
        "stage", "time", "passed", "failed"
    );
    println!("{:<10} {:>8}", "setup", seconds(set_up));
    let mut sum = Tally::default();
    for outcome in outcomes {
        let Tally { passed, failed, .. } = outcome.tally;
        println!(
            "{:<10} {:>8} {passed:>8} {failed:>8}{}",
            outcome.stage,
            seconds(outcome.took),
            if outcome.ok { "" } else { "  FAILED" }
        );
        sum.add(passed, failed);
    }
    println!("{:<10} {:>8}", "all", seconds(whole));
    let failed: Vec<_> = outcomes
        .iter()
        .filter(|outcome| !outcome.ok)
        .map(|outcome| outcome.stage)
        .collect();
    if !failed.is_empty() {
        println!("\nfailed: {}", failed.join(", "));
    }
    for name in outcomes
        .iter()
        .flat_map(|outcome| &outcome.tally.second_try)
    {
        println!("\npassed only at its second try: {name}");
    }
    println!("\n{} passed, {} failed", sum.passed, sum.failed);
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::{Options, choose};

    fn chosen(quick: bool, words: &[&str]) -> (String, Option<String>) {
        let options = Options {
            quick,
            full: false,
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        };
        let (stages, filter) = choose(&options).expect("a choice");
        let names: Vec<_> = stages.iter().map(|stage| stage.name).collect();
        (names.join(" "), filter)
    }

    #[test]
    fn without_words_all_stages_run_and_quick_needs_no_browser() {
        assert_eq!(
            chosen(false, &[]).0,
            "fmt arch clippy native types sim replay python build wasm e2e toolchains examples"
        );
        assert_eq!(
            chosen(true, &[]).0,
            "fmt arch clippy native types sim replay"
        );
    }

    #[test]
    fn a_stage_runs_alone_and_any_other_word_selects_tests_by_name() {
        assert_eq!(chosen(false, &["e2e", "fmt"]).0, "fmt e2e");
        let (stages, filter) = chosen(true, &["outbox"]);
        assert_eq!(
            (stages.as_str(), filter.as_deref()),
            ("native types", Some("outbox"))
        );
        let (stages, filter) = chosen(false, &["wasm", "outbox"]);
        assert_eq!(
            (stages.as_str(), filter.as_deref()),
            ("wasm", Some("outbox"))
        );
    }
}
