//! Bans, licences and sources of what we depend on: `deny.toml`.

use anyhow::Result;

use super::Run;
use super::tally::Tally;
use crate::command::{self, program};
use crate::setup::{self, Tool};

pub(super) fn deny(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    setup::tools(run.project, &[Tool::CargoDeny])?;
    for check in ["bans", "licenses", "sources"] {
        let cargo_deny = Tool::CargoDeny.path(run.project);
        command::run(program(run.project, cargo_deny).args(["--locked", "check", check]))?;
        tally.add(1, 0);
    }
    Ok(())
}
