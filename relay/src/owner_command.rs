//! What the owner types to decide about devices, exactly: the program as it was
//! started, and the data folder when it is not the usual one.

use std::ffi::OsStr;
use std::path::Path;

use crate::printable::printable;

/// The beginning of every such command, ready for a shell.
///
/// The default names the program only: what may be told to somebody on another
/// machine, who has no business with the paths of this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerCommand {
    start: String,
}

const PROGRAM: &str = "clawline-relay";

impl Default for OwnerCommand {
    fn default() -> Self {
        Self {
            start: PROGRAM.to_owned(),
        }
    }
}

impl OwnerCommand {
    /// `program` is the first word of our own command line; `data_dir` is given
    /// when the program would not find it by itself.
    #[must_use]
    pub fn new(program: Option<&OsStr>, data_dir: Option<&Path>) -> Self {
        let program = program.map(Path::new).and_then(|program| {
            // A bare name was found on PATH and will be again; a path holds
            // from everywhere only when it is whole.
            if program.components().count() > 1 {
                word(&std::path::absolute(program).ok()?)
            } else {
                word(program)
            }
        });
        let mut start = program.unwrap_or_else(|| PROGRAM.to_owned());
        if let Some(folder) = data_dir {
            let folder = std::path::absolute(folder).ok();
            let folder = folder.as_deref().and_then(word);
            start.push_str(" --data-dir ");
            // A name that is no text cannot be told, only that there is one.
            start.push_str(folder.as_deref().unwrap_or("DIR"));
        }
        Self { start }
    }

    /// The command that approves a request. The id is ours: letters, digits
    /// and dashes.
    #[must_use]
    pub fn approve_request(&self, request_id: &str) -> String {
        format!("{} devices approve {request_id}", self.start)
    }
}

/// A path as one word of a shell; `None` when it is no printable text.
fn word(path: &Path) -> Option<String> {
    let text = path.to_str()?;
    // A backslash alone is no reason: it is written as itself here.
    if text.is_empty() || printable(text) != text.replace('\\', "\\\\") {
        return None;
    }
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || "-_./:@+,".contains(c) || (cfg!(windows) && c == '\\')
    };
    Some(if text.chars().all(plain) {
        text.to_owned()
    } else if cfg!(windows) {
        // A name on Windows has no quotes in it.
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn approve(program: &str, data_dir: Option<&str>) -> String {
        OwnerCommand::new(Some(OsStr::new(program)), data_dir.map(Path::new))
            .approve_request("4c3e")
    }

    #[test]
    fn the_command_names_the_program_as_it_was_started() {
        assert_eq!(
            approve("clawline-relay", None),
            "clawline-relay devices approve 4c3e"
        );
        assert_eq!(
            approve("/opt/x/clawline-relay", None),
            "/opt/x/clawline-relay devices approve 4c3e"
        );
        let relative = approve("target/debug/clawline-relay", None);
        let here = std::env::current_dir().unwrap();
        assert!(relative.contains(here.to_str().unwrap()), "{relative}");
    }

    #[test]
    fn a_folder_with_any_name_is_one_word() {
        assert_eq!(
            approve("clawline-relay", Some("/srv/claw")),
            "clawline-relay --data-dir /srv/claw devices approve 4c3e"
        );
        assert_eq!(
            approve("clawline-relay", Some("/srv/it's $(here); ~")),
            r"clawline-relay --data-dir '/srv/it'\''s $(here); ~' devices approve 4c3e"
        );
        assert_eq!(
            approve("clawline-relay", Some("/srv/\u{1b}[31m")),
            "clawline-relay --data-dir DIR devices approve 4c3e"
        );
    }
}
