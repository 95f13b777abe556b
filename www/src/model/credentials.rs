//! Checks of a token or password before it is sent, and whom it is for.

use clawline_core::GatewayId;

use super::words::Words;

/// The longest token or password that a gateway will look at, in bytes.
pub const MAX_BYTES: usize = 4_096;

/// What is wrong with a token, in words, or the token itself without the line
/// end and blanks that copying adds around it.
///
/// # Errors
/// One sentence for the person who typed it.
pub fn check_token(typed: &str) -> Result<Option<String>, Words> {
    let token = typed.trim();
    if token.is_empty() {
        return Ok(None);
    }
    if token.chars().any(char::is_whitespace) {
        return Err(Words::of("token-spaces"));
    }
    if token.chars().any(char::is_control) || token.len() > MAX_BYTES {
        return Err(Words::of("token-odd"));
    }
    Ok(Some(token.to_owned()))
}

/// The same for a password, in which blanks are allowed.
///
/// # Errors
/// One sentence for the person who typed it.
pub fn check_password(typed: &str) -> Result<Option<String>, Words> {
    if typed.is_empty() {
        return Ok(None);
    }
    if typed.len() > MAX_BYTES {
        return Err(Words::of("password-too-long"));
    }
    Ok(Some(typed.to_owned()))
}

/// Which gateway the token and password in the form are for: they must not
/// reach another one because only the address was changed.
#[derive(Debug, Clone, Default)]
pub struct Recipient(Option<GatewayId>);

impl Recipient {
    /// Something was typed while this address stood in the form; `None` when
    /// it was no address yet.
    pub fn typed_for(&mut self, gateway: Option<GatewayId>) {
        self.0 = gateway;
    }

    /// The form is about this gateway from now on. Tells the other one that
    /// its secrets were for, if there is one: they have to go.
    #[must_use]
    pub fn change_to(&mut self, gateway: &GatewayId) -> Option<GatewayId> {
        let before = self.0.replace(gateway.clone())?;
        (before != *gateway).then_some(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(typed: &str) -> GatewayId {
        GatewayId::parse(typed).unwrap()
    }

    #[test]
    fn a_token_stays_with_the_gateway_that_it_was_entered_for() {
        let mut recipient = Recipient::default();
        recipient.typed_for(Some(place("ws://a:1")));
        assert_eq!(recipient.change_to(&place("ws://a:1/")), None);
        assert_eq!(
            recipient.change_to(&place("ws://b:1")),
            Some(place("ws://a:1/"))
        );
        assert_eq!(recipient.change_to(&place("ws://b:1")), None);
    }

    #[test]
    fn a_token_typed_before_any_address_goes_to_the_first_one_only() {
        let mut recipient = Recipient::default();
        recipient.typed_for(None);
        assert_eq!(recipient.change_to(&place("ws://a:1")), None);
        assert!(recipient.change_to(&place("ws://b:1")).is_some());
    }

    #[test]
    fn a_token_with_spaces_inside_is_refused_before_it_is_sent() {
        assert!(check_token("my secret token").is_err());
        assert!(check_token("abc\u{0}def").is_err());
    }

    #[test]
    fn blanks_around_a_pasted_token_do_no_harm() {
        assert_eq!(check_token("  abc\n"), Ok(Some("abc".to_owned())));
        assert_eq!(check_token("   "), Ok(None));
    }

    #[test]
    fn a_password_keeps_its_blanks() {
        assert_eq!(check_password(" a b "), Ok(Some(" a b ".to_owned())));
        assert!(check_password(&"x".repeat(5_000)).is_err());
    }
}
