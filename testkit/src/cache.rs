//! Where downloads are kept between runs, outside every clone.

use std::{env, ffi::OsString, path::PathBuf};

use crate::{Error, Result};

/// The cache folder of the project: `$CLAWLINE_CACHE`, else
/// `$XDG_CACHE_HOME/clawline`, else `$HOME/.cache/clawline`.
///
/// The folder need not exist yet.
///
/// # Errors
/// [`Error::NoCacheFolder`] when none of the three variables is set.
pub fn cache_folder() -> Result<PathBuf> {
    folder_from(|name| env::var_os(name)).ok_or(Error::NoCacheFolder)
}

fn folder_from(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    // An empty variable counts as unset, as the XDG convention has it.
    let folder = |name| variable(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    folder("CLAWLINE_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|base| base.join("clawline")))
        .or_else(|| folder("HOME").map(|home| home.join(".cache").join("clawline")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Option<PathBuf> {
        folder_from(|name| {
            let found = variables.iter().find(|(key, _)| *key == name)?;
            Some(found.1.into())
        })
    }

    #[test]
    fn the_projects_own_variable_wins_over_the_general_ones() {
        let all = [
            ("CLAWLINE_CACHE", "/c"),
            ("XDG_CACHE_HOME", "/x"),
            ("HOME", "/h"),
        ];
        assert_eq!(with(&all), Some("/c".into()));
        assert_eq!(with(&all[1..]), Some("/x/clawline".into()));
        assert_eq!(with(&all[2..]), Some("/h/.cache/clawline".into()));
        assert_eq!(with(&[]), None);
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        assert_eq!(
            with(&[("CLAWLINE_CACHE", ""), ("HOME", "/h")]),
            Some("/h/.cache/clawline".into())
        );
    }
}
