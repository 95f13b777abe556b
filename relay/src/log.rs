//! What the relay says about itself, on stderr.

use tracing_subscriber::filter::LevelFilter;

/// The variable that sets how much is said: `error`, `warn`, `info`, `debug`,
/// `trace` or `off`.
pub const VARIABLE: &str = "CLAWLINE_LOG";

/// Starts to write to stderr; `warn` and above unless [`VARIABLE`] says otherwise.
pub fn start() {
    let level = std::env::var(VARIABLE)
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(LevelFilter::WARN);
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
}
