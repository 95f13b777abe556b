//! The npm package as npm packs it, in the toolchains that people have.

use anyhow::Result;

use super::Run;
use super::suite::{self, Suite};
use super::tally::Tally;
use crate::build;
use crate::setup;

pub(super) fn toolchains(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    build::package(run.project)?;
    let installed = setup::toolchains(run.project, run.full)?;
    let suite = Suite {
        name: "toolchains",
        script: "tests/toolchains/toolchains.test.mjs",
        real_gateway: run.full,
        told: &[("CLAWLINE_TOOLCHAINS", &installed)],
    };
    suite::run(run, &suite, tally)
}
