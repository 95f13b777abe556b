//! Clients with the libraries of the originals, against the relay.

use std::fs;

use anyhow::{Context, Result};

use super::Run;
use super::tally::Tally;
use crate::build;
use crate::command::{self, program};
use crate::setup;

/// Each script of `tests/python` is one test.
pub(super) fn python(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    let python = setup::python(run.project)?;
    let [relay] = build::binaries(run.project, ["clawline-relay"])?;
    let folder = run.project.path("tests/python");
    let unread = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(&folder).with_context(unread)? {
        let script = entry.with_context(unread)?.path();
        let name = script.file_name().unwrap_or_default().to_string_lossy();
        let is_wanted = run.filter.as_ref().is_none_or(|word| name.contains(word));
        if !name.ends_with(".py") || !is_wanted {
            continue;
        }
        let mut test = program(run.project, &python);
        test.arg(&script).env("CLAWLINE_RELAY", &relay);
        match command::run(&mut test) {
            Ok(()) => tally.add(1, 0),
            Err(error) => {
                eprintln!("{error:#}");
                tally.add(0, 1);
            }
        }
    }
    Ok(())
}
