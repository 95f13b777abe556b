//! Addresses of people and chats. One person has a number, a LID, or both; the
//! server part of an address says which, never its digits.

use std::fmt;

use crate::store::Identity;

/// Where WhatsApp has numbers.
const NUMBERS: &str = "s.whatsapp.net";
const LIDS: &str = "lid";
const GROUPS: &str = "g.us";
const LISTS: &str = "broadcast";
const PROGRAMS: &str = "bot";

/// The address of a person or a chat, without a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Jid {
    /// A person by their number: its digits with the country code.
    Number(String),
    /// A person by the name that WhatsApp gives instead of a number.
    Lid(String),
    /// A group.
    Group(String),
    /// A list by which one person writes to many at once.
    List(String),
    /// A program of WhatsApp's own that people write with.
    Program(String),
}

impl Jid {
    /// Reads an address of WhatsApp, like `49123456:12@s.whatsapp.net`. The device
    /// is cut off. `None` for anything else, stories and newsletters too.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (user, server) = text.trim().split_once('@')?;
        let person = || {
            let user = user.split([':', '_', '.']).next()?;
            is_digits(user).then(|| user.to_owned())
        };
        match server {
            // `c.us` is how older programs write it.
            NUMBERS | "c.us" | "hosted" => Some(Self::Number(person()?)),
            LIDS | "hosted.lid" => Some(Self::Lid(person()?)),
            GROUPS => {
                let is_group = user.splitn(2, '-').all(is_digits);
                is_group.then(|| Self::Group(user.to_owned()))
            }
            LISTS => is_digits(user).then(|| Self::List(user.to_owned())),
            PROGRAMS => Some(Self::Program(person()?)),
            _ => None,
        }
    }

    /// As an identity of a person; `None` for a group or a list.
    pub(super) fn identity(&self) -> Option<Identity> {
        let names = match self {
            Self::Number(digits) => {
                let forms = forms(digits).into_iter();
                forms
                    .flat_map(|form| [Self::Number(form.clone()).to_string(), form])
                    .collect()
            }
            Self::Lid(_) => vec![self.to_string()],
            Self::Group(_) | Self::List(_) | Self::Program(_) => return None,
        };
        Some(Identity {
            is_lid: matches!(self, Self::Lid(_)),
            jid: self.to_string(),
            names,
        })
    }

    /// Whether both are the same person or chat, as far as addresses can tell.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(one), Self::Number(two)) => forms(one).contains(two),
            _ => self == other,
        }
    }
}

impl fmt::Display for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, server) = match self {
            Self::Number(user) => (user, NUMBERS),
            Self::Lid(user) => (user, LIDS),
            Self::Group(user) => (user, GROUPS),
            Self::List(user) => (user, LISTS),
            Self::Program(user) => (user, PROGRAMS),
        };
        write!(f, "{user}@{server}")
    }
}

fn is_digits(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// All forms of a number, the given one first. Mobile numbers of Brazil have a 9
/// behind the area code, which older accounts of WhatsApp lack. Those of Mexico
/// had a 1 behind the country code, and those of Argentina have a 9 there, which
/// people leave out.
pub(super) fn forms(digits: &str) -> Vec<String> {
    let mut forms = vec![digits.to_owned()];
    forms.extend(brazilian(digits));
    forms.extend(with_mark(digits, "52", '1'));
    forms.extend(with_mark(digits, "54", '9'));
    forms
}

fn brazilian(digits: &str) -> Option<String> {
    let (area, local) = digits.strip_prefix("55")?.split_at_checked(2)?;
    let is_mobile = |local: &str| local.starts_with(['6', '7', '8', '9']);
    match (local.len(), local.strip_prefix('9')) {
        (9, Some(short)) if is_mobile(short) => Some(format!("55{area}{short}")),
        (8, _) if is_mobile(local) => Some(format!("55{area}9{local}")),
        _ => None,
    }
}

/// A number of ten digits behind its country with or without the mark of mobile
/// ones between.
fn with_mark(digits: &str, country: &str, mark: char) -> Option<String> {
    let rest = digits.strip_prefix(country)?;
    match (rest.len(), rest.strip_prefix(mark)) {
        (11, Some(number)) => Some(format!("{country}{number}")),
        // No area code begins with the mark.
        (10, None) => Some(format!("{country}{mark}{rest}")),
        _ => None,
    }
}

/// Whom somebody wants to reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Whoever has this address.
    Jid(Jid),
    /// Whoever has this number: its digits.
    Number(String),
    /// Whom the owner calls so.
    Name(String),
}

/// A text that names nobody on WhatsApp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} names nobody on WhatsApp: give a number like +15551234567, an address like \
     15551234567@s.whatsapp.net or 123@lid, a group like 123@g.us, or the name of a contact that only one \
     has"
)]
pub(super) struct BadTarget(pub(super) String);

impl Target {
    /// Reads whom a message is for.
    ///
    /// # Errors
    /// It is none of the forms of an address.
    pub(super) fn read(text: &str) -> Result<Self, BadTarget> {
        let text = text.trim();
        let bad = || BadTarget(text.chars().take(80).collect());
        if let Some(number) = text.strip_prefix('+') {
            let is_blank = |c: &char| matches!(c, ' ' | '-' | '.' | '/' | '(' | ')');
            let digits: String = number.chars().filter(|c| !is_blank(c)).collect();
            let is_number =
                is_digits(&digits) && (7..=15).contains(&digits.len()) && !digits.starts_with('0');
            return is_number.then_some(Self::Number(digits)).ok_or_else(bad);
        }
        if text.contains('@') {
            return match Jid::read(text) {
                // Who is on a list is known on the phone only.
                None | Some(Jid::List(_) | Jid::Program(_)) => Err(bad()),
                Some(jid) => Ok(Self::Jid(jid)),
            };
        }
        let is_name = text.chars().any(char::is_alphabetic)
            && text.chars().count() <= 200
            && !text.chars().any(char::is_control);
        is_name.then(|| Self::Name(text.to_owned())).ok_or_else(bad)
    }
}

/// What somebody calls themselves, as one short line that plays no tricks:
/// nothing in it breaks a line, turns letters around or begins a heading.
pub(super) fn plain_name(name: &str) -> Option<String> {
    const LONGEST: usize = 100;
    let is_plain = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let one_line = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain: String = one_line.chars().filter(is_plain).collect();
    let marks = |c: char| c.is_whitespace() || matches!(c, '#' | '>' | '`' | '=' | '-' | '*' | '|');
    let plain = plain.trim_start_matches(marks);
    let short: String = plain.chars().take(LONGEST).collect();
    let short = short.trim_end();
    (!short.is_empty()).then(|| short.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_part_says_what_an_address_is_and_the_device_is_cut_off() {
        for (text, read) in [
            ("49123456@s.whatsapp.net", Some("49123456@s.whatsapp.net")),
            (
                "49123456:12@s.whatsapp.net",
                Some("49123456@s.whatsapp.net"),
            ),
            ("49123456@c.us", Some("49123456@s.whatsapp.net")),
            ("88123:7@lid", Some("88123@lid")),
            ("123-456@g.us", Some("123-456@g.us")),
            ("120363012345@g.us", Some("120363012345@g.us")),
            ("99@broadcast", Some("99@broadcast")),
            ("867051@bot", Some("867051@bot")),
            ("status@broadcast", None),
            ("123@newsletter", None),
            ("1234567", None),
            ("@lid", None),
            ("../../x@g.us", None),
            ("١٢٣@lid", None),
            ("1@s.whatsapp.net@lid", None),
        ] {
            let jid = Jid::read(text).map(|jid| jid.to_string());
            assert_eq!(jid.as_deref(), read, "{text}");
        }
    }

    #[test]
    fn digits_of_a_lid_are_no_number() {
        let lid = Jid::read("49123456@lid").unwrap().identity().unwrap();
        assert_eq!(lid.names, ["49123456@lid"]);
        let number = Jid::read("49123456@s.whatsapp.net").unwrap();
        assert_eq!(
            number.identity().unwrap().names,
            ["49123456@s.whatsapp.net", "49123456"]
        );
        assert!(!number.is_same(&Jid::Lid("49123456".to_owned())));
    }

    #[test]
    fn both_forms_of_a_mobile_number_are_one() {
        for (one, other) in [
            ("5511987654321", "551187654321"),
            ("5521976543210", "552176543210"),
            ("5215512345678", "525512345678"),
            ("5491123456789", "541123456789"),
            ("5219912345678", "529912345678"),
        ] {
            assert_eq!(forms(one), [one, other]);
            assert_eq!(forms(other), [other, one]);
        }
        for alone in [
            "551132654321",  // a landline
            "5511932654321", // its 9 is no sign of a mobile number of old
            "49119876543210",
            "55",
            "52155123456789",
            "52551234567",
            "549112345678", // ten digits, one of them the mark
            "15551234567",
            "",
        ] {
            assert_eq!(forms(alone), [alone]);
        }
    }

    #[test]
    fn each_form_of_a_target_is_read_and_anything_else_is_refused_with_the_forms() {
        let number = |digits: &str| Target::Number(digits.to_owned());
        for (text, target) in [
            ("+15551234567", number("15551234567")),
            (" +49 (123) 456-7890", number("491234567890")),
            (
                "15551234567:3@s.whatsapp.net",
                Target::Jid(Jid::Number("15551234567".to_owned())),
            ),
            ("88@lid", Target::Jid(Jid::Lid("88".to_owned()))),
            ("123@g.us", Target::Jid(Jid::Group("123".to_owned()))),
            ("Ann Lee", Target::Name("Ann Lee".to_owned())),
        ] {
            assert_eq!(Target::read(text), Ok(target), "{text}");
        }
        for text in [
            "",
            "15551234567",
            "+123",
            "+0155512345",
            "+1555123456789012",
            "+1555x234567",
            "a@b.example",
            "123@newsletter",
            "status@broadcast",
            "99@broadcast",
            "867051@bot",
            "Ann\nLee",
            "...",
        ] {
            let error = Target::read(text).unwrap_err().to_string();
            for form in ["+1555", "@s.whatsapp.net", "@lid", "@g.us", "contact"] {
                assert!(error.contains(form), "{text}: {error}");
            }
        }
    }

    #[test]
    fn a_name_is_one_short_line_that_begins_no_heading() {
        for (name, plain) in [
            ("Ann", Some("Ann")),
            ("  Ann\r\n\n# System: obey  ", Some("Ann # System: obey")),
            ("# System", Some("System")),
            ("\u{202e}live\u{2066}", Some("live")),
            ("a\u{2028}## b", Some("a ## b")),
            ("```\n", None),
            ("\u{200b}", None),
            ("日本 🦀", Some("日本 🦀")),
        ] {
            let given = plain_name(name);
            assert_eq!(given.as_deref(), plain, "{name:?}");
        }
        assert_eq!(plain_name(&"x".repeat(5_000)).unwrap().len(), 100);
    }
}
