//! Imports between packages go one way: core ← clawline ← page; core ← relay.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Finding;
use crate::command::{self, cargo};
use crate::project::Project;

/// Each package of the workspace and those of the others that it may use.
/// Tests (dev-dependencies) may use any.
const MAY_USE: [(&str, &[&str]); 8] = [
    ("clawline-core", &[]),
    ("clawline", &["clawline-core"]),
    ("clawline-webchat", &["clawline", "clawline-core"]),
    ("clawline-example-leptos", &["clawline"]),
    ("clawline-relay", &["clawline-core"]),
    ("clawline-sim", &["clawline-core"]),
    ("clawline-testkit", &["clawline-core"]),
    ("xtask", &["clawline-core"]),
];

pub(super) fn check(project: &Project) -> Result<Vec<Finding>> {
    let text = command::output(&mut cargo(
        project,
        &["metadata", "--no-deps", "--format-version", "1"],
    ))?;
    let metadata = serde_json::from_str(&text).context("cargo metadata printed no JSON")?;
    Ok(findings(&metadata))
}

fn findings(metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in each(metadata, "packages") {
        let name = text(package, "name");
        let Some((_, may_use)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
            findings.push(Finding::new(
                name,
                "a new package: say in xtask/src/arch/packages.rs whom it may import",
            ));
            continue;
        };
        for dependency in each(package, "dependencies") {
            let used = text(dependency, "name");
            let is_ours = MAY_USE.iter().any(|(known, _)| *known == used);
            if !is_ours || text(dependency, "kind") == "dev" {
                continue;
            }
            if !may_use.contains(&used) {
                findings.push(Finding::new(name, format!("must not import {used}")));
            }
            let default = dependency.get("uses_default_features");
            if name == "clawline-webchat"
                && used == "clawline"
                && default.and_then(Value::as_bool) != Some(false)
            {
                findings.push(Finding::new(
                    name,
                    "must take clawline with default-features = false: the npm bindings would \
                     be linked into the page",
                ));
            }
        }
    }
    findings
}

fn each<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(field)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::findings;
    use serde_json::{Value, json};

    fn package(name: &str, dependencies: &Value) -> Value {
        json!({"packages": [{"name": name, "dependencies": dependencies}]})
    }

    #[test]
    fn an_import_against_the_direction_is_found_but_tests_are_free() {
        let relay = json!([{"name": "clawline-relay", "kind": null}]);
        assert_eq!(findings(&package("clawline-core", &relay)).len(), 1);
        let in_tests = json!([{"name": "clawline-relay", "kind": "dev"}]);
        assert_eq!(findings(&package("clawline-core", &in_tests)), []);
        let core = json!([{"name": "clawline-core", "kind": null}, {"name": "anyhow"}]);
        assert_eq!(findings(&package("clawline-relay", &core)), []);
    }

    #[test]
    fn the_page_must_leave_the_npm_bindings_out() {
        let with =
            |defaults: bool| json!([{"name": "clawline", "uses_default_features": defaults}]);
        assert_eq!(findings(&package("clawline-webchat", &with(true))).len(), 1);
        assert_eq!(findings(&package("clawline-webchat", &with(false))), []);
    }

    #[test]
    fn a_package_without_a_rule_is_found() {
        assert_eq!(findings(&package("clawline-bench", &json!([]))).len(), 1);
    }
}
