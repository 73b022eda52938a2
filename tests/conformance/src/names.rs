//! Names and units in the languages. Case files use snake case and seconds.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

/// How a language writes options and parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameStyle {
    /// `max_retries`, with times in seconds.
    SnakeCase,
    /// `maxRetries`, with times in milliseconds.
    CamelCase,
}

impl NameStyle {
    /// Converts a name from snake case.
    pub(crate) fn name(self, name: &str) -> String {
        match self {
            Self::SnakeCase => name.to_owned(),
            Self::CamelCase => camel_case(name),
        }
    }

    /// Converts the names and times of options or parameters.
    pub(crate) fn values<V: Serialize>(self, values: &BTreeMap<String, V>) -> Map<String, Value> {
        values.iter().map(|(name, value)| (self.name(name), self.value(name, value))).collect()
    }

    fn value(self, name: &str, value: &impl Serialize) -> Value {
        let value = serde_json::to_value(value).unwrap();
        match value.as_f64() {
            Some(seconds) if self == Self::CamelCase && name.ends_with("timeout") => (seconds * 1e3).into(),
            _ => value,
        }
    }
}

/// Converts `_x` between lower-case letters to `X`. Other underscores stay, because the texts of services contain them.
fn camel_case(name: &str) -> String {
    let mut converted = String::new();
    let (mut characters, mut previous) = (name.chars().peekable(), ' ');
    while let Some(character) = characters.next() {
        match characters.peek() {
            Some(&next) if character == '_' && previous.is_ascii_lowercase() && next.is_ascii_lowercase() => {
                converted.push(next.to_ascii_uppercase());
                characters.next();
                previous = next;
            }
            _ => {
                converted.push(character);
                previous = character;
            }
        }
    }
    converted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn underscores_between_letters_are_converted() {
        for (name, expected) in [
            ("max_retries", "maxRetries"),
            ("_x", "_x"),
            ("sub_1", "sub_1"),
            ("a__b", "a__b"),
            ("a_b_c", "aBC"),
        ] {
            assert_eq!(camel_case(name), expected);
        }
    }
}
