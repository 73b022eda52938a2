//! Placeholders in cases: `${key}`, `${base_url}` and `${host}`.

use axum::body::Bytes;

/// Start of each placeholder.
pub(crate) const PREFIX: &str = "${";

const NAMES: [&str; 3] = ["${key}", "${base_url}", "${host}"];

/// Upper bound of the length of a placeholder, in bytes.
pub(crate) const MAX_LENGTH: usize = 16;

/// Number of occurrences of each placeholder in a text.
#[derive(Debug, Default)]
pub(crate) struct PlaceholderCounts([usize; 3]);

impl PlaceholderCounts {
    pub(crate) fn of(text: &str) -> Self {
        Self(NAMES.map(|name| text.matches(name).count()))
    }

    pub(crate) fn any(&self) -> bool {
        self.0 != [0; 3]
    }
}

/// Values that replace the placeholders.
#[derive(Clone, Debug)]
pub(crate) struct PlaceholderValues([(&'static str, Bytes); 3]);

impl PlaceholderValues {
    /// Creates the values for one request. Fails if a value contains characters that must be escaped in JSON.
    pub(crate) fn new(key: &str, base_url: &str) -> Result<Self, &'static str> {
        let is_invalid = |c: char| c < ' ' || matches!(c, '"' | '\\');
        if key.contains(is_invalid) || base_url.contains(is_invalid) {
            return Err(
                "placeholders cannot be replaced: the key contains a quotation mark, a backslash or a control character",
            );
        }
        let host = base_url.split_once("://").map_or(base_url, |(_, host)| host);
        let bytes = |value: &str| Bytes::copy_from_slice(value.as_bytes());
        let [key_name, base_url_name, host_name] = NAMES;
        Ok(Self([(key_name, bytes(key)), (base_url_name, bytes(base_url)), (host_name, bytes(host))]))
    }

    /// Finds the first placeholder in a text. Returns the placeholder's position, length and value.
    pub(crate) fn first(&self, text: &[u8]) -> Option<(usize, usize, &Bytes)> {
        let mut from = 0;
        loop {
            let at = from + text.get(from..)?.iter().position(|byte| *byte == b'$')?;
            let here = text.get(at..)?;
            if let Some((name, value)) = self.0.iter().find(|(name, _)| here.starts_with(name.as_bytes())) {
                return Some((at, name.len(), value));
            }
            from = at + 1;
        }
    }

    /// Returns the length of a text after its placeholders are replaced. `length` is the length before.
    pub(crate) fn replaced_length(&self, length: usize, placeholders: &PlaceholderCounts) -> usize {
        let each = self.0.iter().zip(placeholders.0);
        each.fold(length, |length, ((name, value), count)| length + value.len() * count - name.len() * count)
    }

    /// Replaces the placeholders of a text.
    pub(crate) fn replace(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(name, &String::from_utf8_lossy(value)))
    }
}
