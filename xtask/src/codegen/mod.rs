//! What is made from tables: the types of the npm package, by
//! tests/protocol/codegen.mjs (the generator is a library of JavaScript), and
//! what says of each code what it means.

mod codes;

use anyhow::Result;

use crate::command::{self, program};
use crate::project::Project;
use crate::setup;

/// Writes the files, or checks that they are what would be written.
pub(crate) fn codegen(project: &Project, check: bool) -> Result<()> {
    setup::test_packages(project)?;
    let mut generator = program(project, "node");
    generator.arg(project.path("tests/protocol/codegen.mjs"));
    if check {
        generator.arg("--check");
    }
    command::run(&mut generator)?;
    codes::codes(project, check)
}
