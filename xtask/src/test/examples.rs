//! The examples in `pkg/examples`, each used by a person.

use anyhow::Result;

use super::Run;
use super::suite::{self, Suite};
use super::tally::Tally;
use crate::build;
use crate::setup;

pub(super) fn examples(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    build::package(run.project)?;
    let installed = setup::examples(run.project, run.full)?;
    let leptos = run
        .full
        .then(|| build::leptos_example(run.project))
        .transpose()?;
    let mut told = vec![("CLAWLINE_EXAMPLES", installed.as_path())];
    told.extend(
        leptos
            .iter()
            .map(|folder| ("CLAWLINE_EXAMPLE_LEPTOS", folder.as_path())),
    );
    let suite = Suite {
        name: "examples",
        script: "tests/examples/examples.test.mjs",
        real_gateway: run.full,
        told: &told,
    };
    suite::run(run, &suite, tally)
}
