//! Tokens and keys, from files or the environment. Never from an option: the
//! command line of a process is there for all to read.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use clawline_core::Secret;

use super::home_path::HomePath;

/// The variable with the token of the embedded gateway.
pub const TOKEN_VARIABLE: &str = "OPENCLAW_GATEWAY_TOKEN";

/// The longest secret, in bytes.
const LONGEST: u64 = 4_096;

const NO_SECRET: &str = "is empty, too long or has blanks in it: use one word";

/// Reads a secret from a file that holds nothing else.
///
/// # Errors
/// The file cannot be read, or it holds no single word.
pub fn of_file(path: &Path) -> anyhow::Result<Secret> {
    let cannot = || format!("cannot read the token from {}", path.display());
    let mut text = String::new();
    let file = File::open(path).with_context(cannot)?;
    // A line end or two may follow.
    let read = file.take(LONGEST + 16).read_to_string(&mut text);
    read.with_context(cannot)?;
    match word(&text) {
        Some(secret) => Ok(secret),
        None => bail!("the token in {} {NO_SECRET}", path.display()),
    }
}

/// A secret that one key names a file of, or another one a variable; `None` when
/// neither does. `variable` reads the environment.
///
/// # Errors
/// Both do, or it is not there.
pub(super) fn of_either(
    file: Option<&HomePath>,
    name: Option<&str>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> anyhow::Result<Option<Secret>> {
    match (file, name) {
        (Some(_), Some(_)) => bail!("it has a file and a variable: give one of them"),
        (Some(file), None) => of_file(file).map(Some),
        (None, Some(name)) => {
            let found = of_variable(&variable(name).unwrap_or_default());
            let found = found.map_err(|error| anyhow!("the variable {name} {error}"))?;
            found
                .map(Some)
                .with_context(|| format!("the variable {name} is empty or not set"))
        }
        (None, None) => Ok(None),
    }
}

/// The secret in a variable's value; an empty one holds none.
pub(super) fn of_variable(value: &OsStr) -> Result<Option<Secret>, String> {
    let text = value.to_str().ok_or("is no readable text")?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let secret = word(text).ok_or_else(|| format!("has a token that {NO_SECRET}"))?;
    Ok(Some(secret))
}

fn word(text: &str) -> Option<Secret> {
    let word = text.trim();
    let fits = !word.is_empty() && word.len() as u64 <= LONGEST;
    let is_word = !word.chars().any(|c| c.is_whitespace() || c.is_control());
    (fits && is_word).then(|| Secret::new(word))
}
