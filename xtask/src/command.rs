//! Running programs: every line they print is seen, every failure names the
//! command that failed.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// Variables that cargo sets for us and that would reach the builds we start:
/// some build scripts look at them, and a changed one means a rebuild.
const OURS: [&str; 6] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
];

/// How often a silent program is looked at.
const PULSE: Duration = Duration::from_millis(500);

/// A program that will run in the root of the clone.
pub(crate) fn program(project: &Project, name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(project.root());
    for variable in OURS {
        command.env_remove(variable);
    }
    command
}

/// `cargo` with these arguments.
pub(crate) fn cargo(project: &Project, arguments: &[&str]) -> Command {
    let mut command = program(project, "cargo");
    command.args(arguments);
    command
}

/// Runs to the end; all that it prints goes to standard error, because standard
/// output belongs to what a task was asked for.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdout(std::io::stderr())
        .status()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    check(command, status)
}

/// Runs quietly and returns what was written to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !output.status.success() {
        bail!(
            "`{}` ended with {}\n{}",
            shown(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` did not print text", shown(command)))
}

/// Runs to the end and returns standard output; what goes to standard error
/// (the progress of cargo) is seen.
pub(crate) fn output_seen(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    check(command, output.status)?;
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` did not print text", shown(command)))
}

/// Runs to the end, shows each line of standard output as it comes, and gives
/// it to `seen` as well. A program that takes longer than `limit` is killed: a
/// test that hangs must not take the others with it.
pub(crate) fn watch(
    command: &mut Command,
    limit: Duration,
    mut seen: impl FnMut(&str),
) -> Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    let pipe = child.stdout.take();
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        let Some(mut pipe) = pipe.map(BufReader::new) else {
            return;
        };
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).unwrap_or(0) > 0 {
            if send.send(std::mem::take(&mut line)).is_err() {
                break;
            }
        }
    });

    let end = Instant::now() + limit;
    let mut ended = None;
    loop {
        match lines.recv_timeout(PULSE) {
            Ok(line) => {
                seen(String::from_utf8_lossy(&line).trim_end());
                // A closed terminal is no reason to stop counting.
                let mut out = std::io::stdout().lock();
                let _ = out.write_all(&line).and_then(|()| out.flush());
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // Ended, and silent since: what still holds the pipe is a process
            // that it left behind.
            Err(RecvTimeoutError::Timeout) if ended.is_some() => break,
            Err(RecvTimeoutError::Timeout) => ended = child.try_wait().ok().flatten(),
        }
        if Instant::now() > end && ended.is_none() {
            child.kill().context("cannot end a program that hangs")?;
            child.wait().context("cannot end a program that hangs")?;
            bail!(
                "`{}` did not end within {} s and was killed",
                shown(command),
                limit.as_secs()
            );
        }
    }
    let status = child
        .wait()
        .with_context(|| format!("lost `{}`", shown(command)))?;
    check(command, status)
}

/// Hands the terminal over to a program that runs until ctrl-c.
///
/// On Unix the program takes our place, so that a signal for us is a signal for
/// it and nothing is left behind.
pub(crate) fn become_program(command: &mut Command) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        let error = command.exec();
        Err(error).with_context(|| format!("cannot start `{}`", shown(command)))
    }
    #[cfg(not(unix))]
    {
        let status = command.status()?;
        check(command, status)
    }
}

/// The path of a program on PATH, if there is one.
pub(crate) fn find(name: &str) -> Option<std::path::PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}

/// PATH with one more folder in front.
pub(crate) fn path_with(folder: &Path) -> Result<std::ffi::OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&rest)))
        .with_context(|| format!("{} cannot be part of PATH", folder.display()))
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// The command as one would type it; long ones are cut.
fn shown(command: &Command) -> String {
    const LONGEST: usize = 200;
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect();
    let mut text = words.join(" ");
    if text.len() > LONGEST {
        let end = text.floor_char_boundary(LONGEST);
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::watch;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_program_that_hangs_is_killed_and_named() {
        let mut lines = Vec::new();
        let result = watch(
            &mut shell("echo before; exec sleep 600"),
            Duration::from_secs(2),
            |line| lines.push(line.to_owned()),
        );
        let error = result.expect_err("it hangs").to_string();
        assert!(
            error.contains("sleep 600") && error.contains("killed"),
            "{error}"
        );
        assert_eq!(lines, ["before"]);
    }

    #[test]
    fn a_process_left_behind_does_not_hold_us_up() {
        let mut lines = Vec::new();
        let result = watch(
            &mut shell("sleep 20 & echo done"),
            Duration::from_secs(600),
            |line| lines.push(line.to_owned()),
        );
        assert!(result.is_ok());
        assert_eq!(lines, ["done"]);
    }

    #[test]
    fn a_failure_names_the_command() {
        let error = watch(&mut shell("exit 3"), Duration::from_secs(600), |_| {});
        let error = error.expect_err("it fails").to_string();
        assert!(
            error.contains("sh -c exit 3") && error.contains('3'),
            "{error}"
        );
    }
}
