//! Checks of a token or password before it is sent.

/// The longest token or password that a gateway will look at, in bytes.
pub const MAX_BYTES: usize = 4_096;

/// What is wrong with a token, in words, or the token itself without the line
/// end and blanks that copying adds around it.
///
/// # Errors
/// One sentence for the person who typed it.
pub fn check_token(typed: &str) -> Result<Option<String>, &'static str> {
    let token = typed.trim();
    if token.is_empty() {
        return Ok(None);
    }
    if token.chars().any(char::is_whitespace) {
        return Err("A token has no spaces in it. Copy it again, without the words around it.");
    }
    if token.chars().any(char::is_control) || token.len() > MAX_BYTES {
        return Err("This is not a token. Copy it again from the gateway's configuration.");
    }
    Ok(Some(token.to_owned()))
}

/// The same for a password, in which blanks are allowed.
///
/// # Errors
/// One sentence for the person who typed it.
pub fn check_password(typed: &str) -> Result<Option<String>, &'static str> {
    if typed.is_empty() {
        return Ok(None);
    }
    if typed.len() > MAX_BYTES {
        return Err("This password is too long for a gateway.");
    }
    Ok(Some(typed.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
