//! Params are checked against the published schema, with the words of the real
//! gateway.
//!
//! `protocol-params.json` holds the needed definitions of `protocol.schema.json`
//! in `@openclaw/gateway-protocol` (MIT), unchanged. The test
//! `tests/relay/published_schema.rs` compares it with the package, and writes it anew.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::Value;

/// The definitions that this gateway checks against, and where they are from.
pub const DEFINITIONS: &str = include_str!("protocol-params.json");

fn validators() -> &'static HashMap<String, Validator> {
    static VALIDATORS: OnceLock<HashMap<String, Validator>> = OnceLock::new();
    VALIDATORS.get_or_init(|| {
        let file: Value = serde_json::from_str(DEFINITIONS).unwrap_or_default();
        let definitions = file.get("definitions").and_then(Value::as_object);
        definitions
            .into_iter()
            .flatten()
            .filter_map(|(name, schema)| {
                let validator = jsonschema::options()
                    .with_draft(Draft::Draft7)
                    .build(schema)
                    .ok()?;
                Some((name.clone(), validator))
            })
            .collect()
    })
}

/// Most errors that are told at once.
const ERRORS: usize = 8;
/// A value of more parts than this is told its first error only: to find all of
/// them costs a thousand times as much as to find that there are some.
const EXPLAINED: usize = 256;

/// Whether a value has more than `most` values in it.
fn counts_more_than(value: &Value, most: usize) -> bool {
    let mut waiting = vec![value];
    let mut seen = 0;
    while let Some(value) = waiting.pop() {
        seen += 1;
        if seen + waiting.len() > most {
            return true;
        }
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => waiting.extend(members.values()),
            _ => {}
        }
    }
    false
}

/// Checks a value against a published definition.
///
/// # Errors
/// What is wrong, for people: `at /client/id: must be equal to one of the
/// allowed values`. A definition that we do not carry refuses everything.
pub fn check(definition: &str, value: &Value) -> Result<(), String> {
    let Some(validator) = validators().get(definition) else {
        return Err(format!("no definition {definition} is at hand"));
    };
    if validator.is_valid(value) {
        return Ok(());
    }
    if counts_more_than(value, EXPLAINED) {
        // The first error is found without looking for the others.
        let error = validator.validate(value).err();
        let words = error.map(|error| sentence(&error, error.instance_path().as_str()));
        return Err(words.unwrap_or_else(|| "is not valid".to_owned()));
    }
    let mut incomplete = HashSet::new();
    let mut parts: Vec<String> = Vec::new();
    for error in validator.iter_errors(value) {
        if parts.len() == ERRORS {
            break;
        }
        let path = error.instance_path().as_str().to_owned();
        // The real gateway names the first missing property of an object only.
        let missing = matches!(error.kind(), ValidationErrorKind::Required { .. });
        if missing && !incomplete.insert(path.clone()) {
            continue;
        }
        let part = sentence(&error, &path);
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    Err(parts.join("; "))
}

fn sentence(error: &ValidationError<'_>, path: &str) -> String {
    let at = if path.is_empty() {
        String::new()
    } else {
        format!("at {path}: ")
    };
    let text = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let place = if path.is_empty() {
                "at root".to_owned()
            } else {
                format!("at {path}")
            };
            let first = unexpected.first().map_or("", String::as_str);
            return format!("{place}: unexpected property '{first}'");
        }
        ValidationErrorKind::Required { property } => {
            format!(
                "must have required property '{}'",
                property.as_str().unwrap_or_default()
            )
        }
        ValidationErrorKind::Enum { .. } => "must be equal to one of the allowed values".to_owned(),
        ValidationErrorKind::Constant { .. } => "must be equal to constant".to_owned(),
        ValidationErrorKind::AnyOf { .. } => "must match a schema in anyOf".to_owned(),
        ValidationErrorKind::Not { .. } => "must not be valid".to_owned(),
        ValidationErrorKind::MaxLength { limit } => {
            format!("must not have more than {limit} characters")
        }
        ValidationErrorKind::MinLength { limit } => {
            format!("must not have fewer than {limit} characters")
        }
        ValidationErrorKind::MaxItems { limit } => format!("must not have more than {limit} items"),
        ValidationErrorKind::MinItems { limit } => {
            format!("must not have fewer than {limit} items")
        }
        ValidationErrorKind::MaxProperties { limit } => {
            format!("must not have more than {limit} properties")
        }
        ValidationErrorKind::Maximum { limit } => format!("must be <= {limit}"),
        ValidationErrorKind::Minimum { limit } => format!("must be >= {limit}"),
        ValidationErrorKind::UniqueItems => "must not have duplicate items".to_owned(),
        ValidationErrorKind::Pattern { pattern } => format!("must match pattern \"{pattern}\""),
        ValidationErrorKind::Type { kind } => match kind {
            TypeKind::Single(one) => format!("must be {one}"),
            TypeKind::Multiple(many) => {
                let names: Vec<String> = many.iter().map(|one| one.to_string()).collect();
                format!("must be either {}", names.join(" or "))
            }
        },
        other => format!("fails \"{}\"", other.keyword()),
    };
    format!("{at}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn connect(change: impl FnOnce(&mut Value)) -> Result<(), String> {
        let mut params = json!({"minProtocol": 4, "maxProtocol": 4, "client": {"id": "webchat-ui", "version": "1", "platform": "web", "mode": "webchat"}});
        change(&mut params);
        check("ConnectParams", &params)
    }

    #[test]
    fn errors_have_the_words_that_were_recorded() {
        assert_eq!(connect(|_| ()), Ok(()));
        assert_eq!(
            connect(|p| p["client"]["id"] = json!("me")).unwrap_err(),
            "at /client/id: must be equal to one of the allowed values"
        );
        let long = json!({"sessionKey": "k".repeat(513), "message": "", "idempotencyKey": "1"});
        assert_eq!(
            check("ChatSendParams", &long).unwrap_err(),
            "at /sessionKey: must not have more than 512 characters"
        );
        assert_eq!(
            connect(|p| p["extra"] = json!(1)).unwrap_err(),
            "at root: unexpected property 'extra'"
        );
        assert_eq!(
            check("ChatSendParams", &json!({})).unwrap_err(),
            "must have required property 'sessionKey'"
        );
        assert_eq!(
            connect(|p| p["minProtocol"] = json!("4")).unwrap_err(),
            "at /minProtocol: must be integer"
        );
    }

    #[test]
    fn every_definition_that_is_carried_compiles() {
        let file: Value = serde_json::from_str(DEFINITIONS).unwrap();
        assert_eq!(
            validators().len(),
            file["definitions"].as_object().unwrap().len()
        );
    }

    #[test]
    fn whoever_makes_thousands_of_mistakes_hears_of_a_few() {
        let send = |attachments: Value| {
            let params = json!({"sessionKey": "main", "message": "", "idempotencyKey": "1", "attachments": attachments, "a": 1});
            check("ChatSendParams", &params).unwrap_err()
        };
        let few = send(json!(vec![json!({"type": 1, "mimeType": 2}); 50]));
        assert!(few.split("; ").count() <= ERRORS, "{few}");
        let many = send(json!(vec![1; 10_000]));
        assert_eq!(many.split("; ").count(), 1, "{many}");
    }
}
