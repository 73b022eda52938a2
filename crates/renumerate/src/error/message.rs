//! Error texts in which the names of options and parameters are marked. Each language binding replaces these names with
//! its own spelling, such as `customerId` for `customer_id`.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Add, Range};

/// The name of an option or parameter in a [`Message`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name(pub(crate) &'static str);

/// An error text, with the positions of the option and parameter names in it. The operator `+` joins its parts:
/// `Name("base_url") + " is empty"`.
#[derive(Clone, Default)]
pub(crate) struct Message {
    text: String,
    names: Vec<Range<usize>>,
}

impl Message {
    /// Joins names to a list: `a, b, c`.
    pub(crate) fn list(names: &[&'static str]) -> Self {
        let mut list = Self::default();
        for (n, name) in names.iter().enumerate() {
            list = list + if n == 0 { "" } else { ", " } + Name(name);
        }
        list
    }

    /// Returns the text with names in the spelling of this crate, such as `customer_id`.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the text with each name replaced by `spell(name)`.
    pub(crate) fn spelled(&self, spell: impl Fn(&str) -> String) -> String {
        let (mut spelled, mut end) = (String::with_capacity(self.text.len()), 0);
        for name in &self.names {
            spelled.push_str(self.text.get(end..name.start).unwrap_or_default());
            spelled.push_str(&spell(self.text.get(name.clone()).unwrap_or_default()));
            end = name.end;
        }
        spelled.push_str(self.text.get(end..).unwrap_or_default());
        spelled
    }
}

impl Message {
    /// Returns the text with each name replaced by the text that `setting` returns for it.
    pub(super) fn with_settings(&self, setting: &impl Fn(&str) -> Option<Self>) -> Self {
        let (mut replaced, mut end) = (Self::default(), 0);
        let part = |range: Range<usize>| self.text.get(range).unwrap_or_default();
        for range in &self.names {
            let name = part(range.clone());
            let kept = || Self { text: name.to_owned(), names: std::iter::once(0..name.len()).collect() };
            replaced = replaced + part(end..range.start) + setting(name).unwrap_or_else(kept);
            end = range.end;
        }
        replaced + part(end..self.text.len())
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl From<Name> for Message {
    fn from(Name(name): Name) -> Self {
        Self { text: name.to_owned(), names: std::iter::once(0..name.len()).collect() }
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self { text, names: Vec::new() }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Cow<'_, str>> for Message {
    fn from(text: Cow<'_, str>) -> Self {
        text.into_owned().into()
    }
}

impl<T: Into<Self>> Add<T> for Message {
    type Output = Self;

    fn add(mut self, part: T) -> Self {
        let (offset, part) = (self.text.len(), part.into());
        self.text.push_str(&part.text);
        self.names.extend(part.names.into_iter().map(|name| name.start + offset..name.end + offset));
        self
    }
}

impl<T: Into<Message>> Add<T> for Name {
    type Output = Message;

    fn add(self, part: T) -> Message {
        Message::from(self) + part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_spelled_anew() {
        let message =
            Name("base_url") + " is \"base_url\": see " + Message::list(&["ca_bundle", "proxy"]) + ".";
        assert_eq!(message.as_str(), "base_url is \"base_url\": see ca_bundle, proxy.");
        assert_eq!(message.spelled(str::to_uppercase), "BASE_URL is \"base_url\": see CA_BUNDLE, PROXY.");
        assert_eq!(Message::from("proxy").spelled(str::to_uppercase), "proxy");
    }

    #[test]
    fn names_are_replaced_by_settings() {
        let message = Message::from("check ") + Name("base_url") + " or " + Name("proxy") + "!";
        let replaced = message.with_settings(&|name| (name == "proxy").then(|| "HTTPS_PROXY".into()));
        assert_eq!(replaced.as_str(), "check base_url or HTTPS_PROXY!");
        assert_eq!(replaced.spelled(str::to_uppercase), "check BASE_URL or HTTPS_PROXY!");
    }
}
