//! The shape of the private key: what can be said of it without a character that is its own.

use crate::client::ClientBuilder;
use crate::client::look_up;
use crate::config::{SettingSource, resolve_key};
use crate::error::Error;
use crate::protocol::PUBLIC_KEY;
use crate::redact::BrandKey;

/// How keys begin whose kind is known, longer beginnings first.
const BEGINNINGS: [(&str, &str); 6] = [
    ("sk_live_", "live"),
    ("sk_test_", "test"),
    ("sk_sandbox_", "sandbox"),
    ("sk_case_", "sandbox"),
    ("sk_", "private"),
    ("pk_", "public"),
];

/// What can be said of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyShape {
    /// `live`, `test`, `sandbox`, `private`, `public`, or `unknown`, which a key may be.
    pub kind: &'static str,
    /// What keys of the kind begin with.
    pub beginning: &'static str,
    /// How long it is, the line's end aside.
    pub characters: usize,
    /// The end of a line stood behind it and is left out.
    pub newline_trimmed: bool,
    /// Where it comes from.
    pub origin: SettingSource,
}

/// The key as a client would find it.
#[derive(Debug)]
pub struct Key {
    /// Absent where there is none.
    pub shape: Option<KeyShape>,
    /// Why a client refuses it.
    pub refused: Option<Error>,
    /// What looks wrong in a key that a client takes.
    pub doubt: Option<&'static str>,
}

/// Looks at the key that a client of these settings would have.
pub fn key(given: &ClientBuilder) -> Key {
    let environment = |name| look_up(given.options.env_override.as_ref(), name);
    let (text, origin) = match resolve_key(given.options.private_key.clone(), &environment) {
        Ok(found) => found,
        Err(error) => return Key { shape: None, refused: Some(error), doubt: None },
    };
    let trimmed = text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text));
    let key = trimmed.unwrap_or(&text);
    let (beginning, kind) =
        BEGINNINGS.into_iter().find(|(beginning, _)| key.starts_with(beginning)).unwrap_or(("", "unknown"));
    let shape = KeyShape {
        kind,
        beginning,
        characters: key.chars().count(),
        newline_trimmed: trimmed.is_some(),
        origin,
    };
    let refused = BrandKey::new(text.as_str()).err();
    Key { shape: Some(shape), refused, doubt: (kind == "public").then_some(PUBLIC_KEY) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Key {
        key(&ClientBuilder::default().private_key(text))
    }

    #[test]
    fn a_key_has_a_kind_a_length_and_no_characters_of_its_own() {
        for (text, kind, characters, trimmed) in [
            ("sk_live_planted", "live", 15, false),
            ("sk_test_planted\n", "test", 15, true),
            ("sk_case_planted\r\n", "sandbox", 15, true),
            ("sk_planted", "private", 10, false),
            ("pk_live_planted", "public", 15, false),
            ("planted", "unknown", 7, false),
        ] {
            let key = shape(text);
            let shape = key.shape.as_ref().unwrap();
            assert_eq!(
                (shape.kind, shape.characters, shape.newline_trimmed),
                (kind, characters, trimmed),
                "{text:?}"
            );
            assert!(key.refused.is_none() && key.doubt.is_some() == (kind == "public"), "{key:?}");
            assert!(!format!("{key:?}").contains("planted"), "{key:?}");
        }
    }

    #[test]
    fn what_a_client_refuses_is_refused_here() {
        for text in ["", "sk_live_plan ted", "'sk_live_planted'", "sk_live_planted\n\n"] {
            let key = shape(text);
            assert!(key.refused.is_some() && !format!("{key:?}").contains("plan"), "{key:?}");
        }
    }
}
