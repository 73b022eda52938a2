//! What `${key}`, `${base_url}` and `${host}` stand for in one run of a case.

use axum::body::Bytes;

/// What each placeholder begins with.
pub(crate) const BEGINS: &str = "${";

const NAMES: [&str; 3] = ["${key}", "${base_url}", "${host}"];

/// No placeholder is longer.
pub(crate) const LONGEST: usize = 16;

/// How often each placeholder is in a text.
#[derive(Debug, Default)]
pub(crate) struct Placeholders([usize; 3]);

impl Placeholders {
    pub(crate) fn of(text: &str) -> Self {
        Self(NAMES.map(|name| text.matches(name).count()))
    }

    pub(crate) fn any(&self) -> bool {
        self.0 != [0; 3]
    }
}

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
        let [key_name, base_url_name, host_name] = NAMES;
        Ok(Self([(key_name, bytes(key)), (base_url_name, bytes(base_url)), (host_name, bytes(host))]))
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

    /// How long a text of this length is with so many placeholders filled in.
    pub(crate) fn length(&self, length: usize, placeholders: &Placeholders) -> usize {
        let each = self.0.iter().zip(placeholders.0);
        each.fold(length, |length, ((name, value), count)| length + value.len() * count - name.len() * count)
    }

    /// A text with its placeholders filled in.
    pub(crate) fn text(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(name, &String::from_utf8_lossy(value)))
    }
}
