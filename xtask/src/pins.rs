//! The versions of everything that cargo does not pin for us.

use std::fs;

use anyhow::{Context, Result};

use crate::project::Project;

/// Builds the npm package.
pub(crate) const WASM_PACK: &str = "0.15.1";
/// Drives Firefox in the wasm tests.
pub(crate) const GECKODRIVER: &str = "0.37.1";
/// Looks at licences, bans and sources of dependencies.
pub(crate) const CARGO_DENY: &str = "0.20.2";
/// Cuts the page's program into chunks.
pub(crate) const WASM_SPLIT: &str = "0.2.4";
/// The oldest Node whose test runner and zlib we use.
pub(crate) const NODE_MAJOR: u32 = 20;

/// The version of wasm-bindgen in Cargo.lock: its command line tool must have
/// the very same one.
pub(crate) fn wasm_bindgen(project: &Project) -> Result<String> {
    let path = project.path("Cargo.lock");
    let lock = fs::read_to_string(&path).context("cannot read Cargo.lock")?;
    locked(&lock, "wasm-bindgen").context("Cargo.lock has no wasm-bindgen: is the library built?")
}

fn locked(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    let version = lines.next()?.strip_prefix("version = \"")?;
    Some(version.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::locked;

    #[test]
    fn the_locked_version_is_that_of_exactly_the_named_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked(lock, "wasm"), None);
    }
}
