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

#[test]
fn what_the_gateway_recommends_decides_where_the_code_does_not() {
    let refused = |code: &str, step: Option<&str>, pause| {
        let error = GatewayError {
            code: code.to_owned(),
            next_step: step.map(str::to_owned),
            pause,
            ..GatewayError::default()
        };
        of_refusal(&error)
    };
    for (code, step, pause, verdict) in [
        ("NEW", Some("update_auth_credentials"), None, Pause),
        ("NEW", Some("review_auth_configuration"), None, Pause),
        ("NEW", Some("wait_then_retry"), None, Retry),
        ("NEW", Some("a_step_of_tomorrow"), None, Retry),
        ("NEW", None, Some(true), Pause),
        (
            "PAIRING_REQUIRED",
            Some("wait_then_retry"),
            Some(false),
            Wait,
        ),
        ("PAIRING_REQUIRED", None, Some(true), Pause),
        (
            "AUTH_TOKEN_MISMATCH",
            Some("update_auth_credentials"),
            None,
            Pause,
        ),
        ("AUTH_TOKEN_MISMATCH", Some("wait_then_retry"), None, Retry),
        (
            "PROTOCOL_MISMATCH",
            Some("wait_then_retry"),
            Some(false),
            Never,
        ),
    ] {
        assert_eq!(refused(code, step, pause).0, verdict, "{code} {step:?}");
    }
    let (_, cause) = refused("NEW", Some("update_auth_credentials"), None);
    assert!(cause.advice.contains("token"), "{cause:?}");
}

#[test]
fn the_gateways_recommendation_is_read_from_the_details() {
    let error = GatewayError::read(&serde_json::json!({
        "code": "NOT_PAIRED",
        "message": "pairing required",
        "details": {
            "code": "PAIRING_REQUIRED",
            "recommendedNextStep": "wait_then_retry",
            "pauseReconnect": false,
        },
    }));
    assert_eq!(error.next_step.as_deref(), Some("wait_then_retry"));
    assert_eq!(error.pause, Some(false));
}
