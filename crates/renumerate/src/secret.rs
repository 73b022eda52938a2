//! The brand's private key, and the mask for text that a server sends back.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// What stands where a secret was.
const MASK: &str = "[masked]";

/// Session ids are over this many characters long; ids that a business may have of its own are not.
pub(crate) const SESSION_ID_LONGER_THAN: usize = 64;

/// The brand's private key, checked to be fit for a header.
///
/// It prints as `BrandKey([masked])`, has no `Display` and no serde, and its memory is cleared when it is dropped.
///
/// ```
/// use renumerate::BrandKey;
///
/// let key = BrandKey::new("sk_live_4eC39HqLyjWDarjtT1zdp7dc")?;
/// assert_eq!(format!("{key:?}"), "BrandKey([masked])");
/// assert!(BrandKey::new("sk live").is_err());
/// # Ok::<(), renumerate::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BrandKey(Zeroizing<String>);

impl BrandKey {
    /// Checks a key. One trailing newline is trimmed, since files that hold secrets have one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) where the key is empty or has whitespace,
    /// quotes, control characters or anything beyond ASCII. No prefix is required.
    pub fn new(key: impl Into<String>) -> Result<Self> {
        let mut key = Zeroizing::new(key.into());
        if key.ends_with('\n') {
            key.pop();
            if key.ends_with('\r') {
                key.pop();
            }
        }
        match flaw(&key) {
            None => Ok(Self(key)),
            Some(flaw) => Err(Error::configuration(
                "private_key",
                format!("the private key {flaw}: give the brand's private key as it stands in the dashboard"),
            )),
        }
    }

    /// The key itself, for the one header it belongs in.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// A key of the sandbox, which opens nothing of value.
    pub(crate) fn is_for_sandbox(&self) -> bool {
        self.0.starts_with("sk_sandbox_") || self.0.starts_with("sk_case_")
    }

    /// A server's text, fit to be shown and kept: without control characters, this key and session ids.
    pub(crate) fn scrub(&self, text: &str) -> String {
        // Control characters go first: they could hide a key from the search and vanish after it.
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        let mut text = text.replace(self.expose(), MASK);
        let escaped = serde_json::Value::from(self.expose()).to_string();
        let escaped = escaped.trim_matches('"');
        if escaped != self.expose() {
            text = text.replace(escaped, MASK);
        }
        mask_session_ids(&text)
    }
}

impl fmt::Debug for BrandKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BrandKey({MASK})")
    }
}

/// Why the key cannot be one; never with the key's own characters.
fn flaw(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        return Some("is empty");
    }
    key.chars().find_map(|c| match c {
        c if c.is_whitespace() => Some("holds whitespace"),
        '"' | '\'' | '`' => Some("holds quotes"),
        c if c.is_control() => Some("holds a control character"),
        c if !c.is_ascii() => Some("holds a character beyond ASCII"),
        _ => None,
    })
}

/// Masks whatever is certainly a session id: its prefix, and more of the base64 alphabet than other ids have.
fn mask_session_ids(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '=') {
            word.push(c);
        } else {
            push_masked(&mut out, &word);
            word.clear();
            out.push(c);
        }
    }
    push_masked(&mut out, &word);
    out
}

fn push_masked(out: &mut String, word: &str) {
    let id_at = ["ret_", "sub_"].iter().filter_map(|prefix| word.find(prefix)).min();
    match id_at.and_then(|at| word.split_at_checked(at)) {
        Some((before, id)) if id.len() > SESSION_ID_LONGER_THAN => {
            out.push_str(before);
            out.push_str(MASK);
        }
        _ => out.push_str(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> BrandKey {
        BrandKey::new("sk_live_planted").unwrap()
    }

    /// Rules: S1
    #[test]
    fn one_trailing_newline_is_trimmed_and_everything_odd_is_refused() {
        assert_eq!(BrandKey::new("sk_live_planted\n").unwrap(), key());
        assert_eq!(BrandKey::new("sk_live_planted\r\n").unwrap(), key());
        assert_eq!(BrandKey::new("any-shape.of+key/is=fine").unwrap().expose(), "any-shape.of+key/is=fine");
        for odd in
            ["", "\n", "a\n\n", " a", "a ", "a b", "a\tb", "\"a\"", "'a'", "`a`", "a\0b", "\u{7f}", "clé"]
        {
            let error = BrandKey::new(odd).unwrap_err();
            assert_eq!((error.code(), error.field()), ("configuration", Some("private_key")), "{odd:?}");
        }
    }

    /// Rules: X1
    #[test]
    fn a_refused_key_is_not_in_the_error() {
        let error = BrandKey::new("sk_live_planted with a space").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("planted"));
    }

    /// Rules: X1
    #[test]
    fn an_echoed_key_is_masked_however_it_is_dressed() {
        let echo = key().scrub("bad key sk_live_planted, sk_live_\u{0}planted and xsk_live_plantedx");
        assert_eq!(echo, "bad key [masked], [masked] and x[masked]x");
        let slash = BrandKey::new(r"sk\live").unwrap();
        assert_eq!(slash.scrub(r#"{"key":"sk\\live"} sk\live"#), r#"{"key":"[masked]"} [masked]"#);
    }

    /// Rules: X2
    #[test]
    fn session_ids_in_a_servers_text_are_masked_and_other_ids_are_not() {
        let id = format!("sub_{}", "A".repeat(120));
        let text = key().scrub(&format!(r#"{{"id":"{id}","customer":"sub_1MowQVLkdIwHu7ixeRlqHVzs"}}"#));
        assert_eq!(text, r#"{"id":"[masked]","customer":"sub_1MowQVLkdIwHu7ixeRlqHVzs"}"#);
    }

    proptest! {
        #[test]
        fn scrubbed_text_never_holds_the_key(before in ".{0,40}", after in ".{0,40}", cut in 0_usize..15) {
            let (head, tail) = "sk_live_planted".split_at(cut);
            let text = key().scrub(&format!("{before}{head}\u{1}{tail}{after}"));
            prop_assert!(!text.contains("sk_live_planted"));
            prop_assert!(!text.chars().any(char::is_control));
        }
    }
}
