//! The WhatsApp bridge: `relay/bridge/dist/`, which the relay carries.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{alone, clear, read, write};
use crate::command::{self, program};
use crate::project::Project;
use crate::setup;

/// The variables by which a relay for tests takes another bridge begin so.
const FOR_TESTS: &[u8] = b"CLAWLINE_TEST_";

/// Builds it. A file that is as before is not touched: the relay is compiled
/// anew when one changes.
pub(crate) fn bridge(project: &Project) -> Result<()> {
    let packages = setup::bridge_packages(project)?;
    let _alone = alone(project)?;
    let folder = project.path("relay/bridge");
    let made = project.workshop().join("bridge");
    clear(&made)?;
    let mut compile = program(project, "node");
    compile
        .arg(packages.join("typescript/bin/tsc"))
        .arg("--outDir")
        .arg(&made)
        .current_dir(&folder);
    command::run(&mut compile)?;
    let place = folder.join("dist");
    let new = modules(&made)?;
    for file in modules(&place)?.difference(&new) {
        let path = place.join(file);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    for file in new {
        let (bytes, path) = (read(&made.join(&file))?, place.join(&file));
        if fs::read(&path).ok().as_ref() != Some(&bytes) {
            write(&path, &bytes)?;
        }
    }
    Ok(())
}

/// Fails where a relay for people takes what only one for tests may.
pub(super) fn check(relay: &Path) -> Result<()> {
    if takes_another_bridge(&read(relay)?) {
        bail!(
            "{} takes another WhatsApp bridge from the environment: build it without the feature \
             test-whatsapp",
            relay.display()
        );
    }
    Ok(())
}

fn takes_another_bridge(relay: &[u8]) -> bool {
    relay.windows(FOR_TESTS.len()).any(|part| part == FOR_TESTS)
}

/// The modules below a folder, by their paths in it; none where there is no folder.
fn modules(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder.join(&below)) else {
            continue;
        };
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
            let path = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension() == Some(OsStr::new("js")) {
                found.insert(path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::takes_another_bridge;

    #[test]
    fn a_relay_for_tests_is_known_by_what_it_reads() {
        assert!(takes_another_bridge(b"\x7fELF..CLAWLINE_TEST_BRIDGE.."));
        assert!(!takes_another_bridge(b"\x7fELF..CLAWLINE_TOKEN_FILE.."));
    }
}
