//! A copy of the engine and its simulator: bugs never reach the work tree.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::list::{Mutant, SOURCES};
use crate::command::{self, program};
use crate::project::Project;
use crate::sim::PROFILE;

/// What of the workspace the copy has.
const PARTS: [&str; 2] = ["crates/core", "crates/sim"];
/// A bug may make the engine go round in circles.
const PATIENCE: Duration = Duration::from_secs(180);

/// How the simulator ended.
#[derive(Debug)]
pub(super) enum Ending {
    /// It found nothing.
    Clean,
    /// It found a failure, in these words.
    Found(String),
    /// It did not come to an end.
    Hung,
}

impl Ending {
    pub(super) const fn is_found(&self) -> bool {
        !matches!(self, Self::Clean)
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clean => f.write_str("nothing"),
            Self::Found(words) => f.write_str(words),
            Self::Hung => f.write_str("it hangs"),
        }
    }
}

/// The copy, with a target folder of its own that is used again.
pub(super) struct Workshop<'a> {
    project: &'a Project,
    folder: PathBuf,
}

impl<'a> Workshop<'a> {
    /// Copies what is needed from the work tree.
    pub(super) fn open(project: &'a Project) -> Result<Self> {
        let folder = project.target().join("mutants");
        for part in PARTS {
            let to = folder.join(part);
            if to.exists() {
                fs::remove_dir_all(&to)?;
            }
            copy(&project.path(part), &to)?;
        }
        let manifest = fs::read_to_string(project.path("Cargo.toml"))?;
        fs::write(folder.join("Cargo.toml"), workspace(&manifest)?)?;
        fs::copy(project.path("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Self { project, folder })
    }

    fn source(&self, mutant: &Mutant) -> PathBuf {
        self.folder.join(SOURCES).join(&mutant.file)
    }

    /// Puts a bug in.
    pub(super) fn seed(&self, mutant: &Mutant) -> Result<()> {
        let file = self.source(mutant);
        let text = fs::read_to_string(&file)?;
        fs::write(file, mutant.apply(&text)?).context("cannot seed the bug")
    }

    /// Takes it out again.
    pub(super) fn mend(&self, mutant: &Mutant) -> Result<()> {
        let original = self.project.path(SOURCES).join(&mutant.file);
        let text = fs::read_to_string(original)?;
        // Written anew, not copied: the time of the file must say that it changed.
        fs::write(self.source(mutant), text).context("cannot take the bug out")
    }

    /// Builds the simulator and plays until the first failure.
    pub(super) fn play(&self, seeds: u64) -> Result<Ending> {
        let mut build = program(self.project, "cargo");
        build
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .args([
                "build",
                "--quiet",
                "--profile",
                PROFILE,
                "-p",
                "clawline-sim",
            ]);
        // Dead code is what bugs leave behind.
        build.env("RUSTFLAGS", "-A warnings");
        command::run(&mut build)?;
        let binary = format!("clawline-sim{}", std::env::consts::EXE_SUFFIX);
        let mut simulator = program(
            self.project,
            self.folder.join("target").join(PROFILE).join(binary),
        );
        simulator.args(["--first", "--seeds", &seeds.to_string()]);
        first_line(&mut simulator)
    }
}

/// Runs a program for a while and returns what it printed first.
fn first_line(command: &mut Command) -> Result<Ending> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let end = Instant::now() + PATIENCE;
    while child.try_wait()?.is_none() {
        if Instant::now() > end {
            child.kill().context("cannot end a simulator that hangs")?;
            child.wait()?;
            return Ok(Ending::Hung);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let output = child.wait_with_output()?;
    let words = String::from_utf8_lossy(&output.stdout);
    match (output.status.code(), words.lines().next()) {
        (Some(0), _) => Ok(Ending::Clean),
        (Some(1), Some(line)) => Ok(Ending::Found(line.to_owned())),
        // A crash (the stack overflows, say) is found as well.
        _ => Ok(Ending::Found(format!("it ended with {}", output.status))),
    }
}

/// The root manifest as a workspace of the copied parts alone.
fn workspace(manifest: &str) -> Result<String> {
    let Some((head, _)) = manifest.split_once("\n[package]") else {
        bail!("Cargo.toml has no [package]: the copy for seeded bugs needs what stands above it");
    };
    let lines = head.lines().map(|line| {
        if line.starts_with("members = ") {
            let parts = PARTS.map(|part| format!("\"{part}\""));
            format!("members = [{}]", parts.join(", "))
        } else {
            line.to_owned()
        }
    });
    let kept = lines.filter(|line| !line.starts_with("default-members"));
    Ok(kept.collect::<Vec<_>>().join("\n") + "\n")
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::workspace;

    #[test]
    fn the_copy_has_the_profiles_but_no_package_of_its_own() {
        let manifest = "[workspace]\nmembers = [\"a\", \"b\"]\ndefault-members = [\".\"]\n\n\
                        [profile.sim]\nopt-level = 3\n\n[package]\nname = \"x\"\n";
        let copy = workspace(manifest).expect("a manifest");
        assert!(copy.contains("members = [\"crates/core\", \"crates/sim\"]"));
        assert!(copy.contains("[profile.sim]"));
        assert!(!copy.contains("default-members") && !copy.contains("[package]"));
        assert!(workspace("[workspace]").is_err());
    }
}
