//! `clawline-relay`: see `clawline-relay --help`.

use std::process::ExitCode;

use clap::Parser as _;
use clawline_relay::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    clawline_relay::log::start();
    match Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("clawline-relay: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes, but for those whose words are there already.
fn told(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |text, cause| {
        let cause = cause.to_string();
        match text.as_str() {
            "" => cause,
            text if text.contains(&cause) => text.to_owned(),
            text => format!("{text}: {cause}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    #[test]
    fn nothing_is_said_twice() {
        let cause = || std::io::Error::other("no room");
        let twice = Err::<(), _>(cause()).context("cannot write: no room; make some");
        assert_eq!(
            super::told(&twice.unwrap_err()),
            "cannot write: no room; make some"
        );
        let once = Err::<(), _>(cause()).context("cannot write");
        assert_eq!(super::told(&once.unwrap_err()), "cannot write: no room");
    }
}
