//! Who a client says it is, in the query of its address.

use crate::dialects::FieldError;
use crate::dialects::field::as_word;
use crate::gateway_id::hex;
use crate::secret::Secret;

/// The query of a client's address. The first of several values counts; members
/// of other names are for the original's authentication service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// `senderId`: whose messages they are where a frame does not say.
    pub sender_id: Option<String>,
    /// `senderName`, for people.
    pub sender_name: Option<String>,
    /// `token`. Addresses get into logs: `chat.auth` is the better place.
    pub token: Option<Secret>,
}

impl Query {
    /// Reads a query, with or without its `?`.
    ///
    /// # Errors
    /// When a name is too long.
    pub fn read(query: &str) -> Result<Self, FieldError> {
        let query = query.strip_prefix('?').unwrap_or(query);
        let find = |name: &str| {
            let mut members = query
                .split('&')
                .map(|member| member.split_once('=').unwrap_or((member, "")));
            members
                .find(|(known, _)| decoded(known) == name)
                .map(|(_, value)| decoded(value))
                .filter(|value| !value.is_empty())
        };
        let word = |name: &'static str| {
            let found = find(name).map(|text| as_word(text, name));
            found.transpose()
        };
        Ok(Self {
            sender_id: word("senderId")?,
            sender_name: word("senderName")?,
            token: find("token").map(Secret::new),
        })
    }

    /// The query as text for the address, with its `?`; empty when it says
    /// nothing.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut query = String::new();
        let token = self.token.as_ref().map(Secret::expose);
        for (name, value) in [
            ("senderId", self.sender_id.as_deref()),
            ("senderName", self.sender_name.as_deref()),
            ("token", token),
        ] {
            let Some(value) = value else {
                continue;
            };
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(name);
            query.push('=');
            push_encoded(&mut query, value);
        }
        query
    }
}

/// As forms are: a plus is a space, bytes that are no text are replaced.
fn decoded(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digits = (byte == b'%')
            .then(|| Some((hex(ahead.next()?)?, hex(ahead.next()?)?)))
            .flatten();
        match (byte, digits) {
            (_, Some((high, low))) => {
                bytes = ahead;
                decoded.push(high * 16 + low);
            }
            (b'+', None) => decoded.push(b' '),
            (byte, None) => decoded.push(byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn push_encoded(query: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            query.push(char::from(byte));
        } else {
            query.push('%');
            let digits = [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
            query.extend(
                digits
                    .into_iter()
                    .flatten()
                    .map(|digit| digit.to_ascii_uppercase()),
            );
        }
    }
}
