//! What somebody may have meant by a name that is not known.

use std::collections::BTreeSet;

use super::schema::{Node, PREFIX, Section, entries};

/// What to say about an unknown name in a section.
pub(super) fn unknown(section: &Section, at: &str, name: &str) -> String {
    let siblings = section.nodes.keys().map(String::as_str);
    if let Some(meant) = nearest(name, siblings) {
        let is_section = !matches!(section.nodes.get(meant), Some(Node::Key(_)));
        let what = if is_section { "the section " } else { "" };
        return format!("is not known and does nothing: did you mean {what}`{meant}`?");
    }
    // A known name in the wrong section.
    let all = entries();
    let ends = format!(".{name}");
    let mut places = all.iter().map(|entry| entry.path.as_str());
    if let Some(path) = places.find(|path| *path == name || path.ends_with(&ends)) {
        return format!("is not known here and does nothing: did you mean `{path}`?");
    }
    let known: Vec<&str> = section.nodes.keys().map(String::as_str).collect();
    let place = match at {
        "" => "at the top".to_owned(),
        section => format!("in `{section}`"),
    };
    let known = known.join(", ");
    format!("is not known and does nothing; known {place}: {known}")
}

/// The variable that was meant, if one is near. What all names begin with makes
/// none nearer.
pub(super) fn variable<'a>(name: &str, known: &'a BTreeSet<String>) -> Option<&'a str> {
    let bare = |name: &'a str| name.strip_prefix(PREFIX).unwrap_or(name);
    let name = name.strip_prefix(PREFIX)?;
    nearest(name, known.iter().map(|known| bare(known)))
}

/// The nearest of several names, if it is near at all.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let flat = |text: &str| text.to_lowercase().replace('-', "_");
    let name = flat(name);
    let far = |known: &str| strsim::damerau_levenshtein(&name, &flat(known));
    let (distance, best) = known.map(|known| (far(known), known)).min()?;
    let bound = (name.chars().count().max(best.chars().count()) / 3).max(1);
    (distance <= bound).then_some(best)
}
