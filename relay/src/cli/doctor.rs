//! `clawline-relay doctor`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{Common, data_dir};
use crate::config::Flags;
use crate::doctor::{Check, Outcome, Subject, examine};
use crate::paint;

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) async fn run(self, common: &Common) -> anyhow::Result<ExitCode> {
        let checks = match common.load(Flags::new()) {
            Err(problems) => vec![Check::failed("settings", problems.to_string())],
            Ok(loaded) => {
                let mut checks = vec![Check::of_warnings(&loaded.warnings)];
                let tokens = loaded.tokens(|name| std::env::var_os(name));
                let subject = Subject {
                    has_token: tokens.as_ref().map_or(true, |tokens| !tokens.is_empty()),
                    data_dir: data_dir(&loaded.config)?,
                    config: loaded.config,
                };
                if let Err(error) = tokens {
                    checks.push(Check::failed("token", format!("{error:#}")));
                }
                checks.extend(examine(&subject).await);
                checks
            }
        };
        let is_well = checks.iter().all(|check| check.outcome != Outcome::Failed);
        let mut out = anstream::stdout();
        if self.json {
            let checks: Vec<Value> = checks.iter().map(Check::json).collect();
            writeln!(out, "{:#}", json!({ "ok": is_well, "checks": checks }))?;
        } else {
            for check in &checks {
                let style = match check.outcome {
                    Outcome::Ok => paint::GREEN,
                    Outcome::Advice => paint::YELLOW,
                    Outcome::Failed => paint::RED,
                    Outcome::Skipped => paint::FAINT,
                };
                let Check {
                    name,
                    outcome,
                    words,
                } = check;
                writeln!(
                    out,
                    "{style}{:<7}{style:#} {name}: {words}",
                    outcome.as_str()
                )?;
            }
        }
        Ok(if is_well {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
