//! Playwright: the page as people open it, on our relay and on the real gateway.

use anyhow::Result;

use super::Run;
use super::suite::{self, Suite};
use super::tally::Tally;
use crate::build::{self, Variant};

pub(super) fn e2e(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    build::page(run.project, Variant::Shipped)?;
    build::package(run.project)?;
    // The relay runs the real one, against a program that plays WhatsApp.
    build::bridge(run.project)?;
    let suite = Suite {
        name: "e2e",
        script: "tests/e2e/all.mjs",
        real_gateway: true,
        told: &[],
    };
    suite::run(run, &suite, tally)
}
