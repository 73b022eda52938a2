//! Inspection of the private key. The report contains no secret characters of the key.

use crate::client::ClientBuilder;
use crate::client::read_variable;
use crate::config::{SettingSource, named_by, resolve_key};
use crate::error::Error;
use crate::protocol::PUBLIC_KEY;
use crate::redact::{BrandKey, KEY_PREFIXES};

/// The non-secret properties of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyShape {
    /// Kind of the key: `live`, `test`, `sandbox`, `private`, `public` or `unknown`. A client accepts every kind.
    pub kind: &'static str,
    /// Prefix of keys of this kind; empty if the kind is unknown.
    pub prefix: &'static str,
    /// Length in characters, without a trailing newline.
    pub characters: usize,
    /// Whether a trailing newline was removed.
    pub newline_trimmed: bool,
    /// Source of the key.
    pub source: SettingSource,
}

/// Report on the key that a client would use.
#[derive(Debug)]
pub struct KeyReport {
    /// Properties of the key; `None` if no key is set.
    pub shape: Option<KeyShape>,
    /// Error that a client with this key would return.
    pub error: Option<Error>,
    /// Warning about a probable mistake in a key that a client accepts.
    pub warning: Option<&'static str>,
}

/// Inspects the key that a client with these options would use.
pub fn inspect_key(builder: &ClientBuilder) -> KeyReport {
    let environment = |name| read_variable(builder.options.env_override.as_ref(), name);
    let (text, source) = match resolve_key(builder.options.private_key.clone(), &environment) {
        Ok(found) => found,
        Err(error) => return KeyReport { shape: None, error: Some(error), warning: None },
    };
    let trimmed = text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text));
    let key = trimmed.unwrap_or(&text);
    let (prefix, kind) =
        KEY_PREFIXES.into_iter().find(|(prefix, _)| key.starts_with(prefix)).unwrap_or(("", "unknown"));
    let shape = KeyShape {
        kind,
        prefix,
        characters: key.chars().count(),
        newline_trimmed: trimmed.is_some(),
        source,
    };
    let error = BrandKey::new(text.as_str()).err().map(|error| named_by(error, source));
    KeyReport { shape: Some(shape), error, warning: (kind == "public").then_some(PUBLIC_KEY) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inspect(text: &str) -> KeyReport {
        inspect_key(&ClientBuilder::default().private_key(text))
    }

    #[test]
    fn report_has_kind_and_length_but_no_secret_characters() {
        for (text, kind, characters, trimmed) in [
            ("sk_live_planted", "live", 15, false),
            ("sk_test_planted\n", "test", 15, true),
            ("sk_case_planted\r\n", "sandbox", 15, true),
            ("sk_planted", "private", 10, false),
            ("pk_live_planted", "public", 15, false),
            ("planted", "unknown", 7, false),
        ] {
            let report = inspect(text);
            let shape = report.shape.as_ref().unwrap();
            assert_eq!(
                (shape.kind, shape.characters, shape.newline_trimmed),
                (kind, characters, trimmed),
                "{text:?}"
            );
            assert!(report.error.is_none() && report.warning.is_some() == (kind == "public"), "{report:?}");
            assert!(!format!("{report:?}").contains("planted"), "{report:?}");
        }
    }

    #[test]
    fn invalid_key_is_reported_without_its_text() {
        for text in ["", "sk_live_plan ted", "'sk_live_planted'", "sk_live_planted\n\n"] {
            let report = inspect(text);
            assert!(report.error.is_some() && !format!("{report:?}").contains("plan"), "{report:?}");
        }
    }
}
