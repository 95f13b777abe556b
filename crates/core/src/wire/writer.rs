//! Writes the few frames that the core makes by itself.
//!
//! Small on purpose: a JSON library would weigh more than the whole engine in
//! the browser, and `params` of the host never pass through here.

/// Writes one JSON object, member by member, in the order of the calls.
#[derive(Debug)]
pub struct Writer {
    text: String,
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// Begins an object.
    #[must_use]
    pub fn new() -> Self {
        Self {
            text: String::from("{"),
        }
    }

    fn name(&mut self, name: &str) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        push_text(&mut self.text, name);
        self.text.push(':');
    }

    /// A string member.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        push_text(&mut self.text, value);
        self
    }

    /// A string member, left out when there is none.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// A whole number member.
    #[must_use]
    pub fn number(mut self, name: &str, value: u64) -> Self {
        self.name(name);
        self.text.push_str(&value.to_string());
        self
    }

    /// A number member; `null` where JSON has no such number.
    #[must_use]
    pub fn decimal(mut self, name: &str, value: f64) -> Self {
        self.name(name);
        if value.is_finite() {
            self.text.push_str(&value.to_string());
        } else {
            self.text.push_str("null");
        }
        self
    }

    /// A boolean member.
    #[must_use]
    pub fn flag(mut self, name: &str, value: bool) -> Self {
        self.name(name);
        self.text.push_str(if value { "true" } else { "false" });
        self
    }

    /// An array of strings.
    #[must_use]
    pub fn texts(mut self, name: &str, values: &[String]) -> Self {
        self.name(name);
        self.text.push('[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            push_text(&mut self.text, value);
        }
        self.text.push(']');
        self
    }

    /// A member whose value is JSON already: another writer's text, or the
    /// `params` that the host serialised.
    #[must_use]
    pub fn raw(mut self, name: &str, json: &str) -> Self {
        self.name(name);
        self.text.push_str(json);
        self
    }

    /// Ends the object.
    #[must_use]
    pub fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

/// A whole request frame; `params` is JSON text.
#[must_use]
pub fn request(id: u32, method: &str, params: &str) -> String {
    Writer::new()
        .text("type", "req")
        .text("id", &id.to_string())
        .text("method", method)
        .raw("params", params)
        .end()
}

fn push_text(out: &mut String, value: &str) {
    out.push('"');
    for character in value.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                const HEX: [char; 16] = [
                    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
                ];
                let code = control as usize;
                out.push_str("\\u00");
                out.extend(HEX.get(code >> 4));
                out.extend(HEX.get(code & 15));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_as_it_was() {
        let odd =
            "quote \" slash \\ line\nreturn\r tab\t bell\u{7} unit\u{1f} emoji 🦀 line\u{2028}";
        let json = Writer::new()
            .text(odd, odd)
            .maybe("absent", None)
            .number("count", u64::from(u32::MAX))
            .decimal("share", -0.125)
            .decimal("no number", f64::NAN)
            .flag("flag", true)
            .texts("list", &[odd.to_owned(), String::new()])
            .raw("raw", "{\"a\":[1]}")
            .end();
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value[odd], odd);
        assert_eq!(value["count"], u32::MAX);
        assert_eq!(value["share"], -0.125);
        assert_eq!(value["no number"], serde_json::Value::Null);
        assert_eq!(value["flag"], true);
        assert_eq!(value["list"][0], odd);
        assert_eq!(value["raw"]["a"][0], 1);
        assert!(value.get("absent").is_none());
    }

    #[test]
    fn a_request_frame_has_the_shape_of_the_protocol() {
        assert_eq!(
            request(7, "health", "{}"),
            r#"{"type":"req","id":"7","method":"health","params":{}}"#
        );
    }
}
