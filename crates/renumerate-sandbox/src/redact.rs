//! Redaction of private keys in recorded requests and responses: a fingerprint replaces each key.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// Minimum length of a key that is redacted. Shorter keys are not secrets, and could be part of ordinary words.
pub(crate) const KEY_MIN_BYTES: usize = 8;

/// Replaces each of the `keys` in a text by the fingerprint of the key.
pub(crate) fn redact_keys<'a>(text: &'a str, keys: &[String]) -> Cow<'a, str> {
    let secrets = keys.iter().filter(|key| key.len() >= KEY_MIN_BYTES);
    secrets.fold(Cow::Borrowed(text), |text, key| {
        if text.contains(key.as_str()) {
            Cow::Owned(text.replace(key.as_str(), &fingerprint(key)))
        } else {
            text
        }
    })
}

/// Replaces each of the `keys` in a text by its fingerprint, and returns at most the first `max_bytes` bytes of the
/// result.
pub(crate) fn redact_and_truncate<'a>(text: &'a str, keys: &[String], max_bytes: usize) -> Cow<'a, str> {
    match redact_keys(text, keys) {
        Cow::Borrowed(text) => Cow::Borrowed(truncate(text, max_bytes)),
        Cow::Owned(text) => Cow::Owned(truncate(&text, max_bytes).to_owned()),
    }
}

/// Replaces each of the `keys` in the names and values of headers by the fingerprint of the key.
pub(crate) fn redact_headers(
    headers: &BTreeMap<String, String>,
    keys: &[String],
) -> BTreeMap<String, String> {
    let redact = |text: &str| redact_keys(text, keys).into_owned();
    headers.iter().map(|(name, value)| (redact(name), redact(value))).collect()
}

/// Returns the beginning of a text: complete characters of at most `max_bytes` bytes together.
pub(crate) fn truncate(text: &str, max_bytes: usize) -> &str {
    let end = (0..=max_bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// Returns the text that replaces a key in output. The text identifies the key, but cannot be used as a key.
pub(crate) fn fingerprint(key: &str) -> String {
    let digest = Sha256::digest(key);
    digest.iter().take(6).fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_given_keys_are_replaced() {
        let keys = ["sk_planted".to_owned(), "sk".to_owned(), "sk_other_one".to_owned()];
        assert_eq!(redact_keys("a sk_plante sk b", &keys), "a sk_plante sk b");
        let text = redact_keys("sk_plantedsk_planted and sk_other_one", &keys);
        assert_eq!(
            text,
            format!("{0}{0} and {1}", fingerprint("sk_planted"), fingerprint("sk_other_one")).as_str()
        );
        // Keys are replaced before the text is truncated, so that no part of a key is left.
        assert_eq!(redact_and_truncate("12 sk_planted", &keys, 8), "12 sha25");
    }

    #[test]
    fn fingerprint_is_the_start_of_the_sha256_digest() {
        assert_eq!(fingerprint("abc"), "sha256:ba7816bf8f01"); // test vector of FIPS 180
    }
}
