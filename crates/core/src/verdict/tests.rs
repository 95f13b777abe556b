use super::*;

fn refusal(code: &str, detail: Option<&str>) -> GatewayError {
    GatewayError {
        code: code.to_owned(),
        detail: detail.map(str::to_owned),
        ..GatewayError::default()
    }
}

#[test]
fn no_code_stands_twice() {
    for table in [CONNECT, ENDS] {
        for (index, row) in table.iter().enumerate() {
            assert!(
                table[index + 1..]
                    .iter()
                    .all(|other| other.code != row.code),
                "{}",
                row.code
            );
        }
    }
}

#[test]
fn every_code_that_needs_a_person_says_what_to_do() {
    for row in CONNECT.iter().chain(ENDS) {
        let needs_a_person = matches!(row.verdict, Pause | Never | Wait);
        assert!(!needs_a_person || !row.advice.is_empty(), "{}", row.code);
    }
}

#[test]
fn the_fine_code_wins_over_the_coarse_one() {
    let (verdict, cause) = of_refusal(&refusal("INVALID_REQUEST", Some("AUTH_RATE_LIMITED")));
    assert_eq!(verdict, RetryAfter(Duration::from_secs(300)));
    assert_eq!(cause.code, "AUTH_RATE_LIMITED");
}

#[test]
fn a_wrong_token_is_never_tried_again_by_itself() {
    let (verdict, _) = of_refusal(&refusal("INVALID_REQUEST", Some("AUTH_TOKEN_MISMATCH")));
    assert_eq!(verdict, Pause);
}

#[test]
fn what_the_gateway_did_not_understand_is_told_in_its_words() {
    let error = GatewayError {
        message: "invalid connect params: /role".to_owned(),
        ..refusal("INVALID_REQUEST", None)
    };
    let (_, cause) = of_refusal(&error);
    assert_eq!(
        cause.message,
        "The gateway did not understand the sign-in (invalid connect params: /role)."
    );
}

#[test]
fn an_unknown_code_is_retried() {
    assert_eq!(of_refusal(&refusal("BRAND_NEW", None)).0, Retry);
    assert_eq!(of_end("4999", "").0, Retry);
}

#[test]
fn an_absurd_hint_is_bounded() {
    let error = GatewayError {
        code: "UNAVAILABLE".to_owned(),
        retry_after: Some(Duration::from_secs(1_000_000)),
        ..GatewayError::default()
    };
    assert_eq!(of_refusal(&error).0, RetryAfter(LONGEST_HINT));
}
