//! The brand's private key.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// What stands where a secret was.
pub(crate) const MASK: &str = "[masked]";

/// The brand's private key, checked to be fit for a header. It prints as a mask, has no `Display` and no serde, and
/// its memory is cleared when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BrandKey(Zeroizing<String>);

impl BrandKey {
    /// Checks a key. One trailing newline is trimmed, since files that hold secrets have one; no prefix is required.
    pub(crate) fn new(key: impl Into<String>) -> Result<Self> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
