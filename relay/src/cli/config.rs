//! `clawline-relay config`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Common;
use super::serve::setup;
use crate::config::{ConfigFile, Finding, Flags, Place};
use crate::paint;

#[derive(Debug, Args)]
pub(super) struct Settings {
    #[command(subcommand)]
    action: Action,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say what is wrong or odd in the settings; fails when something is wrong.
    Check,
    /// Say which file the settings are read from.
    Path,
}

impl Settings {
    pub(super) fn run(&self, common: &Common) -> anyhow::Result<ExitCode> {
        match self.action {
            Action::Check => self.check(common),
            Action::Path => self.path(common),
        }
    }

    fn check(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let file = common.file();
        let (mut errors, mut warnings) = (Vec::new(), Vec::new());
        match common.load(Flags::new()) {
            Ok(loaded) => {
                if let Err(error) = loaded.token() {
                    errors.push(Finding {
                        place: Place::Settings,
                        key: "token_file".to_owned(),
                        words: format!("names no token: {error:#}"),
                    });
                }
                warnings.clone_from(&loaded.warnings);
                // Before the relay is started, all that would keep it from starting.
                if errors.is_empty()
                    && let Err(error) = setup(loaded)
                {
                    errors.push(Finding {
                        place: Place::Settings,
                        key: String::new(),
                        words: format!("{error:#}"),
                    });
                }
            }
            Err(problems) => {
                errors = problems.errors;
                warnings.extend(problems.warnings);
            }
        }
        let is_right = errors.is_empty();
        let mut out = anstream::stdout();
        if self.json {
            let list =
                |findings: &[Finding]| findings.iter().map(Finding::json).collect::<Vec<_>>();
            let report = json!({
                "ok": is_right,
                "file": file.path(),
                "exists": file.exists(),
                "errors": list(&errors),
                "warnings": list(&warnings),
            });
            writeln!(out, "{report:#}")?;
        } else {
            let (red, yellow, green) = (paint::RED, paint::YELLOW, paint::GREEN);
            for error in &errors {
                writeln!(out, "{red}error{red:#}: {error}")?;
            }
            for warning in &warnings {
                writeln!(out, "{yellow}warning{yellow:#}: {warning}")?;
            }
            if is_right {
                writeln!(out, "{green}ok{green:#}: {}", right(&file))?;
            }
        }
        Ok(if is_right {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn path(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let file = common.file();
        let mut out = anstream::stdout();
        if self.json {
            let is_named = matches!(file, ConfigFile::Named(_));
            let report = json!({
                "path": file.path(),
                "exists": file.exists(),
                "named": is_named,
            });
            writeln!(out, "{report:#}")?;
        } else if let Some(path) = file.path() {
            writeln!(out, "{}", path.display())?;
            if !file.exists() {
                anstream::eprintln!("It is not there: the defaults hold.");
            }
        } else {
            anstream::eprintln!(
                "This system names no folder for settings (HOME is not set): name a file with --config."
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn right(file: &ConfigFile) -> String {
    match file.path() {
        Some(path) if file.exists() => format!("{} can be used", path.display()),
        Some(path) => format!("{} is not there, the defaults hold", path.display()),
        None => "there is no file, the defaults hold".to_owned(),
    }
}
