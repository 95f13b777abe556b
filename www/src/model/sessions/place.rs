//! The address of a session: `#session=KEY` behind the page's own.

use super::is_key;
use crate::handover::percent_decode;

/// The name of the main session in an address.
pub const MAIN: &str = "main";

/// The session that a fragment names, or what a link hands over; `Some(None)` is
/// the main one. `None` when it names none that there could be.
#[must_use]
pub fn read(fragment: &str) -> Option<Option<String>> {
    let pairs = fragment.trim_start_matches('#').split('&');
    let named = pairs.filter_map(|pair| pair.split_once('='));
    let mut named = named.filter(|(name, _)| name.eq_ignore_ascii_case("session"));
    let key = percent_decode(named.next()?.1).filter(|key| is_key(key))?;
    Some((key != MAIN).then_some(key))
}
