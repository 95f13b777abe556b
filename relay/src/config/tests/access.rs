//! The tokens that let in.

use super::*;
use crate::access::{Access, AccessToken, Permit};
use crate::limits;
use crate::origin::Welcome;

const SECRET: &str = "s3cret-0123456789";

fn tokens(text: &str) -> anyhow::Result<Vec<AccessToken>> {
    let given = Given {
        file: text,
        environment: &[("OPENCLAW_GATEWAY_TOKEN", "of-the-owner")],
        ..Given::default()
    };
    let variable = |name: &str| match name {
        "CI_TOKEN" => Some(SECRET.into()),
        "TWO_WORDS" => Some(format!("{SECRET} {SECRET}").into()),
        "SAME" => Some("of-the-owner".into()),
        _ => None,
    };
    given.load().unwrap().tokens(variable)
}

fn permit(all: Vec<AccessToken>, token: &str) -> Option<Permit> {
    Access::new(all, Welcome::default()).token(token)
}

#[test]
fn a_named_token_stands_for_its_name_and_allows_its_scopes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, "of-a-file\n").unwrap();
    let text = format!(
        "[access.tokens.ci]\nenv = \"CI_TOKEN\"\nscopes = [\"operator.write\", \"senders\"]\n\
         [access.tokens.board]\nfile = {path:?}\nscopes = [\"operator.read\"]\n"
    );
    let loaded = file(&text).unwrap();
    assert_eq!(loaded.warnings, []);
    let all = tokens(&text).unwrap();
    assert!(!format!("{all:?}").contains(SECRET));
    let owner = permit(all.clone(), "of-the-owner").unwrap();
    assert!(owner.user() == "owner" && owner.may("operator.admin"));
    let ci = permit(all.clone(), SECRET).unwrap();
    assert_eq!(ci.user(), "ci");
    assert!(ci.may("operator.write") && ci.may("operator.read") && ci.may("senders"));
    assert!(!ci.may("operator.pairing"));
    let board = permit(all, "of-a-file").unwrap();
    assert_eq!(board.user(), "board");
    assert!(board.may("operator.read") && !board.may("operator.write") && !board.may("senders"));
}

#[test]
fn every_scope_of_the_protocol_can_be_given() {
    for scope in limits::SCOPES {
        let text = format!("[access.tokens.a]\nenv = \"CI_TOKEN\"\nscopes = \"{scope}\"\n");
        assert!(permit(tokens(&text).unwrap(), SECRET).unwrap().may(scope));
    }
}

#[test]
fn a_token_that_cannot_count_is_told_by_its_name_and_never_by_its_text() {
    let read = "scopes = [\"operator.read\"]";
    for (section, more, words) in [
        ("ci", "env = \"CI_TOKEN\"", "it allows nothing"),
        ("ci", read, "with file or env"),
        ("ci", &*format!("env = \"NONE\"\n{read}"), "NONE is empty"),
        (
            "ci",
            &format!("env = \"TWO_WORDS\"\n{read}"),
            "use one word",
        ),
        (
            "ci",
            &format!("file = \"/nowhere/token\"\n{read}"),
            "/nowhere/token",
        ),
        (
            "ci",
            &format!("file = \"x\"\nenv = \"CI_TOKEN\"\n{read}"),
            "give one of them",
        ),
        ("ci", &format!("env = \"SAME\"\n{read}"), "are the same"),
        (
            "owner",
            &format!("env = \"CI_TOKEN\"\n{read}"),
            "choose another",
        ),
    ] {
        let error = tokens(&format!("[access.tokens.{section}]\n{more}\n")).unwrap_err();
        let told = format!("{error:#}");
        let named = format!("access.tokens.{section}");
        assert!(told.contains(&named) && told.contains(words), "{told}");
        assert!(
            !told.contains(SECRET) && !told.contains("of-the-owner"),
            "{told}"
        );
    }
    let twice = format!(
        "[access.tokens.a]\nenv = \"CI_TOKEN\"\n{read}\n[access.tokens.b]\nenv = \"CI_TOKEN\"\n{read}\n"
    );
    let told = tokens(&twice).unwrap_err().to_string();
    assert!(
        told.contains("access.tokens.a") && told.contains("access.tokens.b"),
        "{told}"
    );
    let inline = only_error(&format!("[access.tokens]\nci = \"{SECRET}\"\n")).1;
    assert!(!inline.contains(SECRET), "{inline}");
}
