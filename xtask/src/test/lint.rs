//! Formatting and lints.

use anyhow::{Result, bail};

use super::Run;
use super::tally::Tally;
use crate::build::{self, native_packages};
use crate::command::{self, cargo};
use crate::setup::{self, WASM_TARGET};

pub(super) fn fmt(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    command::run(&mut cargo(run.project, &["fmt", "--all", "--check"]))?;
    tally.add(1, 0);
    Ok(())
}

/// Clippy on each combination of target and features that is built. The page
/// and the npm library never share a build, so they are not linted together.
pub(super) fn clippy(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    setup::wasm_target(run.project)?;
    let native = native_packages().chain(["-p", "clawline"]);
    let native: Vec<_> = native.chain(build::FOR_TESTS).collect();
    let wasm = ["--target", WASM_TARGET, "-p"];
    let variants = [
        ("native", native),
        ("npm library", [wasm.as_slice(), &["clawline"]].concat()),
        (
            "Rust library",
            [wasm.as_slice(), &["clawline", "--no-default-features"]].concat(),
        ),
        // The Leptos example takes what the page has compiled.
        (
            "page and example",
            [
                wasm.as_slice(),
                &["clawline-webchat", "-p", "clawline-example-leptos"],
            ]
            .concat(),
        ),
        (
            "page in chunks",
            [
                wasm.as_slice(),
                &["clawline-webchat", "--features", "clawline-webchat/split"],
            ]
            .concat(),
        ),
    ];
    let mut failed = Vec::new();
    for (name, arguments) in variants {
        println!("clippy · {name}");
        let result = command::run(
            cargo(run.project, &["clippy", "--all-targets"])
                .args(arguments)
                .args(["--", "-D", "warnings"]),
        );
        if result.is_ok() {
            tally.add(1, 0);
        } else {
            tally.add(0, 1);
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("clippy has something to say about: {}", failed.join(", "));
    }
    Ok(())
}
