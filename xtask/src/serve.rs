//! Things to try by hand: the page on our relay, and the real gateway.

use anyhow::Result;
use clap::Args;

use crate::build::{self, Variant};
use crate::command::{self, program};
use crate::project::Project;

/// What `cargo xtask run` takes.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Build the page quickly: neither optimised nor compressed
    #[arg(long)]
    dev: bool,
    /// Where to listen; port 0 lets the system choose [default: the relay's own]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// A real gateway that the page may connect to; repeatable
    #[arg(long, value_name = "URL")]
    gateway: Vec<String>,
    /// Anything else for `clawline-relay serve`
    #[arg(last = true, value_name = "ARGUMENTS")]
    more: Vec<String>,
}

/// Builds the page and the relay, then becomes the relay.
pub(crate) fn relay(project: &Project, options: &Options) -> Result<()> {
    build::page(project, Variant::of(options.dev))?;
    eprintln!("build  relay    cargo build");
    let relay = build::relay(project)?;
    let mut serve = program(project, relay);
    serve.arg("serve").arg("--page").arg(project.page());
    if let Some(listen) = &options.listen {
        serve.arg("--listen").arg(listen);
    }
    for gateway in &options.gateway {
        serve.arg("--gateway").arg(gateway);
    }
    eprintln!("run    clawline-relay serve; ctrl-c ends it");
    command::become_program(serve.args(&options.more))
}

/// Becomes the launcher of the real gateway.
pub(crate) fn gateway(project: &Project, arguments: &[String]) -> Result<()> {
    let [testkit] = build::binaries(project, ["clawline-testkit"])?;
    command::become_program(program(project, testkit).arg("gateway").args(arguments))
}
