//! Chromium, its driver and Firefox: found by name, on Debian installed.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::installing;
use crate::command::{self, program};
use crate::project::Project;

/// The browsers that the tests use.
#[derive(Debug, Clone)]
pub(crate) struct Browsers {
    /// Chromium or Chrome.
    pub(crate) chromium: PathBuf,
    /// The driver of the same version.
    pub(crate) chromedriver: PathBuf,
    /// Firefox, also the ESR one.
    pub(crate) firefox: PathBuf,
}

struct Part {
    what: &'static str,
    /// A variable that names the program, for those who keep it elsewhere.
    variable: &'static str,
    /// Names on PATH and, for macOS, whole paths.
    names: &'static [&'static str],
    package: &'static str,
}

const CHROMIUM: Part = Part {
    what: "Chromium",
    variable: "CLAWLINE_CHROMIUM",
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ],
    package: "chromium",
};
const CHROMEDRIVER: Part = Part {
    what: "chromedriver",
    variable: "CHROMEDRIVER",
    names: &["chromedriver"],
    package: "chromium-driver",
};
const FIREFOX: Part = Part {
    what: "Firefox",
    variable: "CLAWLINE_FIREFOX",
    names: &[
        "firefox-esr",
        "firefox",
        "/Applications/Firefox.app/Contents/MacOS/firefox",
    ],
    package: "firefox-esr",
};

/// Finds all three; installs what is missing where that can be done.
pub(crate) fn browsers(project: &Project) -> Result<Browsers> {
    let parts = [&CHROMIUM, &CHROMEDRIVER, &FIREFOX];
    let missing: Vec<_> = parts
        .into_iter()
        .filter(|part| look(part).is_none())
        .collect();
    if !missing.is_empty() {
        install(project, &missing)?;
    }
    let browsers = Browsers {
        chromium: required(&CHROMIUM)?,
        chromedriver: required(&CHROMEDRIVER)?,
        firefox: required(&FIREFOX)?,
    };
    same_version(project, &browsers)?;
    Ok(browsers)
}

fn look(part: &Part) -> Option<PathBuf> {
    if let Some(path) = env::var_os(part.variable).filter(|path| !path.is_empty()) {
        return Some(PathBuf::from(path));
    }
    part.names.iter().find_map(|name| {
        let path = PathBuf::from(name);
        if path.is_absolute() {
            path.is_file().then_some(path)
        } else {
            command::find(name)
        }
    })
}

fn required(part: &Part) -> Result<PathBuf> {
    match look(part) {
        Some(path) if path.is_file() => Ok(path),
        Some(path) => bail!("{} names no file: {}", part.variable, path.display()),
        None => bail!(
            "{} is not found, not even after installing {}: set {} to its path",
            part.what,
            part.package,
            part.variable
        ),
    }
}

fn install(project: &Project, missing: &[&Part]) -> Result<()> {
    let names: Vec<_> = missing.iter().map(|part| part.what).collect();
    let packages: Vec<_> = missing.iter().map(|part| part.package).collect();
    let apt = format!("apt-get install {}", packages.join(" "));
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if !is_debian(&release) || command::find("apt-get").is_none() {
        bail!(
            "the browser tests need {}: install them with your system's packages (on Debian: \
             {apt}), or name them in {}; `cargo xtask test --quick` needs none",
            names.join(", "),
            [&CHROMIUM, &CHROMEDRIVER, &FIREFOX]
                .map(|part| part.variable)
                .join(", ")
        );
    }
    let root = command::output(program(project, "id").arg("-u"))?.trim() == "0";
    if !root {
        bail!(
            "the browser tests need {}: run `sudo apt-get update && sudo {apt}`; \
             `cargo xtask test --quick` needs none",
            names.join(", ")
        );
    }
    installing(&names.join(", "), &format!("{apt} (one to two minutes)"));
    let mut update = program(project, "apt-get");
    command::run(update.args(["update", "--quiet"]))?;
    let mut install = program(project, "apt-get");
    command::run(
        install
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(&packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// Ubuntu calls itself like Debian, but its browser packages are empty shells
/// around snaps.
fn is_debian(release: &str) -> bool {
    release
        .lines()
        .any(|line| line.trim() == "ID=debian" || line.trim() == "ID=\"debian\"")
}

/// A driver of another version refuses every session, with a message that
/// comes late; so look before.
fn same_version(project: &Project, browsers: &Browsers) -> Result<()> {
    let browser = command::output(program(project, &browsers.chromium).arg("--version"))?;
    let driver = command::output(program(project, &browsers.chromedriver).arg("--version"))?;
    match (major(&browser), major(&driver)) {
        (Some(browser), Some(driver)) if browser != driver => bail!(
            "chromedriver is of version {driver}, Chromium of {browser}: install those of one \
             version, or name them in {} and {}",
            CHROMEDRIVER.variable,
            CHROMIUM.variable
        ),
        _ => Ok(()),
    }
}

fn major(text: &str) -> Option<u32> {
    text.split_whitespace()
        .find_map(|word| word.split_once('.')?.0.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::{is_debian, major};

    #[test]
    fn versions_of_browser_and_driver_are_compared_by_their_first_number() {
        assert_eq!(
            major("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)"),
            Some(156)
        );
        assert_eq!(major("ChromeDriver 155.0.1.2 (abc)"), Some(155));
        assert_eq!(major("no version here"), None);
    }

    #[test]
    fn ubuntu_is_not_taken_for_debian() {
        assert!(is_debian("NAME=\"Debian\"\nID=debian\n"));
        assert!(!is_debian("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n"));
    }
}
