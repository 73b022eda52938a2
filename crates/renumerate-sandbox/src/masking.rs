//! Keys in what a client sent, or was answered: each shown as the ledger shows it, by its fingerprint.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::ledger::{cut, fingerprint};

/// A shorter one is no secret, and may be part of any word.
pub(crate) const KEY_MIN_BYTES: usize = 8;

/// A text without these keys.
pub(crate) fn masked<'a>(text: &'a str, keys: &[String]) -> Cow<'a, str> {
    let secret = keys.iter().filter(|key| key.len() >= KEY_MIN_BYTES);
    secret.fold(Cow::Borrowed(text), |text, key| {
        if text.contains(key.as_str()) {
            Cow::Owned(text.replace(key.as_str(), &fingerprint(key)))
        } else {
            text
        }
    })
}

/// The beginning of it.
pub(crate) fn masked_beginning<'a>(text: &'a str, keys: &[String], most: usize) -> Cow<'a, str> {
    match masked(text, keys) {
        Cow::Borrowed(text) => Cow::Borrowed(cut(text, most)),
        Cow::Owned(text) => Cow::Owned(cut(&text, most).to_owned()),
    }
}

/// Headers without these keys, in their names or their values.
pub(crate) fn masked_headers(
    headers: &BTreeMap<String, String>,
    keys: &[String],
) -> BTreeMap<String, String> {
    let mask = |text: &str| masked(text, keys).into_owned();
    headers.iter().map(|(name, value)| (mask(name), mask(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_left_and_nothing_else_is_touched() {
        let keys = ["sk_planted".to_owned(), "sk".to_owned(), "sk_other_one".to_owned()];
        assert_eq!(masked("a sk_plante sk b", &keys), "a sk_plante sk b");
        let text = masked("sk_plantedsk_planted and sk_other_one", &keys);
        assert_eq!(
            text,
            format!("{0}{0} and {1}", fingerprint("sk_planted"), fingerprint("sk_other_one")).as_str()
        );
        // It is masked before it is cut: no beginning of a key is left.
        assert_eq!(masked_beginning("12 sk_planted", &keys, 8), "12 sha25");
    }
}
