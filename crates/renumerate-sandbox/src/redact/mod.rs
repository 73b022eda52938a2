//! Redaction of private keys and handshake tokens in recorded requests and responses: a fingerprint replaces each of
//! them.

mod tokens;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use sha2::{Digest, Sha256};

/// Minimum length of a key that is redacted. Shorter keys are not secrets, and could be part of ordinary words.
pub(crate) const KEY_MIN_BYTES: usize = 8;

/// Replaces each of the `keys`, and each handshake token, in a text by its fingerprint.
pub(crate) fn redact<'a>(text: &'a str, keys: &[String]) -> Cow<'a, str> {
    let keys = keys.iter().map(String::as_str).filter(|key| key.len() >= KEY_MIN_BYTES);
    let redacted = keys.fold(Cow::Borrowed(text), |redacted, key| {
        if redacted.contains(key) { Cow::Owned(redacted.replace(key, &fingerprint(key))) } else { redacted }
    });
    let tokens = tokens::find(&redacted);
    if tokens.is_empty() { redacted } else { Cow::Owned(replace(&redacted, tokens)) }
}

/// Replaces these parts of a text by their fingerprints.
fn replace(text: &str, parts: Vec<Range<usize>>) -> String {
    let slice = |range: Range<usize>| text.get(range).unwrap_or_default();
    let (mut replaced, mut end) = (String::new(), 0);
    for part in parts {
        replaced += slice(end..part.start);
        end = part.end;
        replaced += &fingerprint(slice(part));
    }
    replaced + slice(end..text.len())
}

/// Replaces each of the `keys`, and each handshake token, in a text by its fingerprint, and returns at most the first
/// `max_bytes` bytes of the result.
pub(crate) fn redact_and_truncate<'a>(text: &'a str, keys: &[String], max_bytes: usize) -> Cow<'a, str> {
    match redact(text, keys) {
        Cow::Borrowed(text) => Cow::Borrowed(truncate(text, max_bytes)),
        Cow::Owned(text) => Cow::Owned(truncate(&text, max_bytes).to_owned()),
    }
}

/// Replaces each of the `keys`, and each handshake token, in the names and values of headers by its fingerprint.
pub(crate) fn redact_headers(
    headers: &BTreeMap<String, String>,
    keys: &[String],
) -> BTreeMap<String, String> {
    let redacted = |text: &str| redact(text, keys).into_owned();
    headers.iter().map(|(name, value)| (redacted(name), redacted(value))).collect()
}

/// Returns the beginning of a text: complete characters of at most `max_bytes` bytes together.
pub(crate) fn truncate(text: &str, max_bytes: usize) -> &str {
    let end = (0..=max_bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// Returns the text that replaces a secret in output. The text identifies the secret, but cannot be used instead of it.
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
        assert_eq!(redact("a sk_plante sk b", &keys), "a sk_plante sk b");
        let text = redact("sk_plantedsk_planted and sk_other_one", &keys);
        assert_eq!(
            text,
            format!("{0}{0} and {1}", fingerprint("sk_planted"), fingerprint("sk_other_one")).as_str()
        );
        // Keys are replaced before the text is truncated, so that no part of a key is left.
        assert_eq!(redact_and_truncate("12 sk_planted", &keys, 8), "12 sha25");
    }

    #[test]
    fn tokens_are_replaced() {
        let token = format!("eyJ{}.{}", "a".repeat(40), "b".repeat(43));
        let text = format!("é {token} and sk_planted {token}!");
        let (token, key) = (fingerprint(&token), fingerprint("sk_planted"));
        assert_eq!(redact(&text, &["sk_planted".to_owned()]), format!("é {token} and {key} {token}!"));
    }

    #[test]
    fn fingerprint_is_the_start_of_the_sha256_digest() {
        assert_eq!(fingerprint("abc"), "sha256:ba7816bf8f01"); // test vector of FIPS 180
    }
}
