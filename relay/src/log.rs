//! What the relay says about itself, on stderr.

use std::io::{Stderr, stderr};
use std::str::FromStr;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::SubscriberBuilder;
use tracing_subscriber::fmt::format::{DefaultFields, Format};

/// The variable that sets how much is said: `error`, `warn`, `info`, `debug`,
/// `trace` or `off`.
pub const LEVEL: &str = "CLAWLINE_LOG";

/// The variable that sets how a line is written: `text` for people, or `json`,
/// an object a line, for what collects logs.
pub const FORMAT: &str = "CLAWLINE_LOG_FORMAT";

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
}

impl FromStr for Form {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

/// Starts to write to stderr: `warn` and above, as text, unless [`LEVEL`] and
/// [`FORMAT`] say otherwise. One that says nothing known is complained of there.
pub fn start() {
    let level = asked(LEVEL);
    let form = asked(FORMAT);
    let lines = lines(level.unwrap_or(None).unwrap_or(LevelFilter::WARN));
    match form.unwrap_or(None).unwrap_or(Form::Text) {
        Form::Text => lines.init(),
        Form::Json => lines.json().flatten_event(true).init(),
    }
    if level.is_err() {
        tracing::warn!("{LEVEL} is one of error, warn, info, debug, trace and off; warn is taken");
    }
    if form.is_err() {
        tracing::warn!("{FORMAT} is text or json; text is taken");
    }
}

fn lines(
    level: LevelFilter,
) -> SubscriberBuilder<DefaultFields, Format, LevelFilter, fn() -> Stderr> {
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(stderr as fn() -> Stderr)
        .with_ansi(false)
        // It would say on stderr that stderr takes nothing, and panic.
        .log_internal_errors(false)
}

/// What a variable asks for; `None` where it is not set or empty.
///
/// # Errors
/// It asks for nothing that is known.
fn asked<T: FromStr>(variable: &str) -> Result<Option<T>, ()> {
    let text = std::env::var_os(variable).unwrap_or_default();
    match text.to_string_lossy().trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| ()),
    }
}
