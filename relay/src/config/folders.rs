//! The folders in which this platform keeps what belongs to a program.

use std::path::PathBuf;

const PROGRAM: &str = "clawline";
const FILE: &str = "clawline.toml";

/// `clawline` in the folder of data; `None` where the system names none.
#[must_use]
pub fn usual_data_dir() -> Option<PathBuf> {
    let base = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_DATA_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/share")))
    };
    base.map(|base| base.join(PROGRAM))
}

/// `clawline/clawline.toml` in the folder of settings; `None` where the system
/// names none.
#[must_use]
pub fn usual_config_file() -> Option<PathBuf> {
    let base = if cfg!(windows) {
        folder("APPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))
    };
    base.map(|base| base.join(PROGRAM).join(FILE))
}

fn folder(variable: &str) -> Option<PathBuf> {
    let path = PathBuf::from(std::env::var_os(variable)?);
    path.is_absolute().then_some(path)
}
