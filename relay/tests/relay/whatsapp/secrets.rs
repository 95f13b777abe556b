//! What must never be said: the keys of an account, as its folder has them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clawline_relay::ids;

/// As long as the shortest key, in base64.
const SHORTEST: usize = 40;

/// Every key in the files of an account, as it stands there and in hex: those of
/// its credentials, and all Signal sessions, keys and sealed words in its log.
pub(super) fn secrets_in_folder(folder: &Path) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let is_of_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
        for word in text.split(|c| !is_of_base64(c)) {
            let Ok(bytes) = STANDARD.decode(word) else {
                continue;
            };
            if word.len() >= SHORTEST {
                secrets.insert(word.to_owned());
                secrets.insert(ids::hex(&bytes));
            }
        }
    }
    secrets
}
