//! A path in which `~` means the home folder, wherever it was written: a shell
//! replaces it on the command line only.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A path of a flag, the environment or a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct HomePath(PathBuf);

/// Why a path means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HomePathError {
    /// Only the own home folder is known.
    #[error("must be a path; only `~/` at its beginning means a home folder, yours")]
    OtherUser,
    /// A shell would have replaced it.
    #[error(
        "must be a path; variables are not replaced here: `~/` at its beginning means your home folder"
    )]
    Variable,
    /// There is none.
    #[error("must be a whole path: no home folder is known here (HOME is not set)")]
    NoHome,
}

impl HomePath {
    pub(super) fn relative(path: &str) -> Self {
        Self(PathBuf::from(path))
    }

    fn from_text(text: &str, home: Option<&Path>) -> Result<Self, HomePathError> {
        if text.starts_with('$') || (cfg!(windows) && text.starts_with('%')) {
            return Err(HomePathError::Variable);
        }
        let Some(rest) = text.strip_prefix('~') else {
            return Ok(Self::relative(text));
        };
        let is_separator = |c| c == '/' || (cfg!(windows) && c == '\\');
        if !rest.is_empty() && !rest.starts_with(is_separator) {
            return Err(HomePathError::OtherUser);
        }
        let home = home.ok_or(HomePathError::NoHome)?;
        let rest = rest.trim_start_matches(is_separator);
        Ok(Self(if rest.is_empty() {
            home.to_owned()
        } else {
            home.join(rest)
        }))
    }
}

impl FromStr for HomePath {
    type Err = HomePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let home = std::env::home_dir().filter(|home| home.is_absolute());
        Self::from_text(text, home.as_deref())
    }
}

impl TryFrom<String> for HomePath {
    type Error = HomePathError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Deref for HomePath {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl fmt::Display for HomePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

impl JsonSchema for HomePath {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "HomePath".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "x-form": "path" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_at_the_beginning_is_the_home_folder_and_nothing_else_is() {
        let home = Path::new("/home/ada");
        let path = |text| HomePath::from_text(text, Some(home));
        for (text, means) in [
            ("~", "/home/ada"),
            ("~/", "/home/ada"),
            ("~/x", "/home/ada/x"),
            ("~//x", "/home/ada/x"),
            ("~/~", "/home/ada/~"),
            ("/a/~/b", "/a/~/b"),
            ("a~", "a~"),
            ("./~", "./~"),
            ("./$x", "./$x"),
            ("/a/$x", "/a/$x"),
            ("", ""),
        ] {
            assert_eq!(path(text).unwrap().0, Path::new(means), "{text}");
        }
        for text in ["~root", "~root/x", "~x"] {
            assert_eq!(path(text), Err(HomePathError::OtherUser), "{text}");
        }
        for text in ["$HOME/x", "${HOME}/x", "$HOME"] {
            assert_eq!(path(text), Err(HomePathError::Variable), "{text}");
        }
        assert_eq!(HomePath::from_text("~/x", None), Err(HomePathError::NoHome));
        assert!(HomePath::from_text("x", None).is_ok());
    }
}
