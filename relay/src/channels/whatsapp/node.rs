//! Node.js, which the bridge runs on.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// The oldest one that the bridge runs on.
pub(crate) const OLDEST_NODE: u32 = 20;

/// How long it may take to name its version.
const PATIENCE: Duration = Duration::from_secs(20);

/// Node.js on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    /// One that the bridge runs on, with its major version.
    Fits(u32),
    /// An older one.
    TooOld(u32),
    /// What is called `node` is something else.
    Strange,
    /// None is on the PATH.
    Missing,
}

/// Looks for Node.js on the PATH.
pub(crate) async fn find() -> Node {
    let mut command = Command::new("node");
    command
        .arg("--version")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let Ok(Ok(output)) = timeout(PATIENCE, command.output()).await else {
        return Node::Missing;
    };
    match major(&String::from_utf8_lossy(&output.stdout)) {
        Some(major) if major >= OLDEST_NODE => Node::Fits(major),
        Some(major) => Node::TooOld(major),
        None => Node::Strange,
    }
}

fn major(said: &str) -> Option<u32> {
    let number = said.trim().strip_prefix('v')?;
    number.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_version_is_read_as_it_is_printed() {
        assert_eq!(major("v24.9.0\n"), Some(24));
        assert_eq!(major("24.9.0"), None);
        assert_eq!(major(""), None);
    }
}
