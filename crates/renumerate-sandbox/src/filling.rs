//! What `${key}`, `${base_url}` and `${host}` stand for in one run of a case.

use axum::body::Bytes;

/// What each placeholder begins with.
pub(crate) const BEGINS: &str = "${";

/// The placeholders, each with its value.
#[derive(Clone, Debug)]
pub(crate) struct Filling([(&'static str, Bytes); 3]);

impl Filling {
    /// The values of one run, or why they can stand in no JSON text.
    pub(crate) fn new(key: &str, base_url: &str) -> Result<Self, &'static str> {
        let unfit = |c: char| c < ' ' || matches!(c, '"' | '\\');
        if key.contains(unfit) || base_url.contains(unfit) {
            return Err(
                "cannot be filled in: the key has a quotation mark, a backslash or a control character",
            );
        }
        let host = base_url.split_once("://").map_or(base_url, |(_, host)| host);
        let bytes = |value: &str| Bytes::copy_from_slice(value.as_bytes());
        Ok(Self([("${key}", bytes(key)), ("${base_url}", bytes(base_url)), ("${host}", bytes(host))]))
    }

    /// The first placeholder: where it is, its length, and its value.
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

    /// How long a text is with its placeholders filled in.
    pub(crate) fn length(&self, mut text: &[u8]) -> usize {
        let mut length = text.len();
        while let Some((at, name, value)) = self.first(text) {
            length = length + value.len() - name;
            text = text.get(at + name..).unwrap_or_default();
        }
        length
    }

    /// A text with its placeholders filled in.
    pub(crate) fn text(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(name, &String::from_utf8_lossy(value)))
    }
}
