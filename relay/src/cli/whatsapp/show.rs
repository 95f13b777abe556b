//! How an account stands, for a terminal.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use anstream::{eprintln, print, println};
use anstyle::{AnsiColor, Color, Style};
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde_json::Value;

use crate::clock::now_ms;
use crate::paint::{FAINT, GREEN, RED, YELLOW};
use crate::printable::printable;

/// As readers want a code, whatever the colours of the terminal are.
const INK: Style = Style::new()
    .fg_color(Some(Color::Ansi(AnsiColor::Black)))
    .bg_color(Some(Color::Ansi(AnsiColor::BrightWhite)));

/// Where a person finds it on the phone.
const ON_THE_PHONE: &str = "On the phone: WhatsApp, Settings, Linked devices, Link a device";

/// How often a name is waited for.
const MOST_UNNAMED: u32 = 5;

/// How an account stands, as the relay tells it.
#[derive(Debug)]
pub(super) struct Standing(Value);

impl Standing {
    pub(super) fn new(link: Value) -> Self {
        Self(link)
    }

    fn state(&self) -> &str {
        self.0["state"].as_str().unwrap_or_default()
    }

    /// Whether nothing more happens before a person does something.
    pub(super) fn is_at_rest(&self) -> bool {
        let goes_on = [
            "installing",
            "starting",
            "pairing",
            "linking",
            "connecting",
            "open",
            "waiting",
        ];
        !goes_on.contains(&self.state())
    }

    /// The lines that say it; a code to scan is among them.
    fn lines(&self) -> Vec<String> {
        match self.state() {
            "installing" => vec![installing(&self.0["step"]).to_owned()],
            "starting" => vec!["Starting the bridge".to_owned()],
            "pairing" => self.codes(),
            "linking" => vec!["The phone took the code".to_owned()],
            "connecting" => vec!["Connecting".to_owned()],
            "waiting" => vec![waiting(&self.0)],
            _ => Vec::new(),
        }
    }

    fn codes(&self) -> Vec<String> {
        if let Some(code) = text(&self.0["code"], "code") {
            let first: String = code.chars().take(4).collect();
            let second: String = code.chars().skip(4).collect();
            return vec![
                format!("{ON_THE_PHONE}, Link with phone number instead; type"),
                format!("    {first}-{second}"),
            ];
        }
        let Some(data) = self.0["qr"]["data"].as_str() else {
            return vec!["Asking WhatsApp for a code".to_owned()];
        };
        let Ok(code) = QrCode::with_error_correction_level(data, EcLevel::L) else {
            return vec!["The code is too long to be shown; use --code PHONE".to_owned()];
        };
        let mut lines = vec![format!("{ON_THE_PHONE}; scan this (it changes by itself)")];
        let picture = code.render::<Dense1x2>().build();
        lines.extend(picture.lines().map(|line| format!("{INK}{line}{INK:#}")));
        lines
    }
}

/// What was shown of a login so far.
#[derive(Debug, Default)]
pub(super) struct Screen {
    shown: Vec<String>,
    /// How often it was seen open without a name.
    unnamed: u32,
}

impl Screen {
    pub(super) fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Shows how it stands, where that is news; gives the code of the program
    /// once it is over.
    pub(super) fn show(&mut self, standing: &Standing) -> Option<ExitCode> {
        if standing.state() == "open" {
            let who = who(&standing.0);
            // Whose it is comes a moment later.
            self.unnamed += 1;
            if who.is_empty() && self.unnamed < MOST_UNNAMED {
                return None;
            }
            println!("{GREEN}Linked{GREEN:#}{who}");
            return Some(ExitCode::SUCCESS);
        }
        if standing.is_at_rest() {
            status(&standing.0);
            return Some(ExitCode::FAILURE);
        }
        let lines = standing.lines();
        if lines != self.shown {
            // A code takes the place of the one before it.
            if self.shown.len() > 2 && lines.len() > 2 && std::io::stdout().is_terminal() {
                print!("\x1b[{}A\x1b[J", self.shown.len());
            }
            for line in &lines {
                println!("{line}");
            }
            self.shown = lines;
        }
        None
    }
}

/// Says in a few lines how an account stands.
pub(super) fn status(link: &Value) {
    let state = link["state"].as_str().unwrap_or("unknown");
    let style = match state {
        "open" => GREEN,
        "off" | "not_linked" => FAINT,
        "conflict" | "logged_out" | "forbidden" | "too_old" | "failed" => RED,
        _ => YELLOW,
    };
    println!(
        "WhatsApp  {style}{}{style:#}{}",
        state.replace('_', " "),
        who(link)
    );
    for (name, word) in [
        ("reason", ""),
        ("nextStep", "Next: "),
        ("folder", "Credentials: "),
    ] {
        if let Some(words) = text(link, name) {
            println!("  {word}{words}");
        }
    }
}

/// Says what became of an account that was unlinked.
pub(super) fn unlinked(unlinked: &Value) {
    println!("Unlinked");
    if let Some(folder) = text(unlinked, "setAside") {
        println!("  The credentials are set aside in {folder}; nothing uses them again");
    }
    if unlinked["toldWhatsapp"] != true {
        eprintln!(
            "WhatsApp was not told: remove the device on the phone, in Settings, Linked devices"
        );
    }
}

fn who(link: &Value) -> String {
    let me = &link["me"];
    let names: Vec<String> = ["phone", "name"]
        .into_iter()
        .filter_map(|name| text(me, name))
        .collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" as {}", names.join(", "))
}

fn installing(step: &Value) -> &'static str {
    match step.as_str() {
        Some("writing") => "Laying out the bridge",
        Some("fetching") => "Fetching what the bridge is made of, with npm; this takes a while",
        _ => "Looking for Node.js",
    }
}

fn waiting(link: &Value) -> String {
    let reason = text(link, "reason").unwrap_or_else(|| "not connected".to_owned());
    let until = link["untilMs"].as_i64().unwrap_or_default();
    let left = until.saturating_sub(now_ms()).max(0);
    // In steps, so that each is a line and not each second.
    let left = left.saturating_add(9_999) / 10_000 * 10;
    format!("Not connected: {reason}; trying again within {left} s")
}

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(printable)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_a_relay_says_is_shown_without_a_panic() {
        let code =
            |code: &str| Standing::new(json!({ "state": "pairing", "code": { "code": code } }));
        assert_eq!(code("ABCD1234").lines()[1], "    ABCD-1234");
        assert_eq!(code("AéüB1").lines()[1], "    AéüB-1");
        for until in [i64::MIN, i64::MAX] {
            let waiting = Standing::new(json!({ "state": "waiting", "untilMs": until }));
            assert_eq!(waiting.lines().len(), 1);
        }
        let long = json!({ "state": "pairing", "qr": { "data": "x".repeat(10_000) } });
        assert!(Standing::new(long).lines()[0].contains("too long"));
    }
}
