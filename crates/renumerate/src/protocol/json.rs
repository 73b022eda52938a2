//! Reads single members of a JSON object, and tolerates what proxies and lenient servers do to JSON.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Returns the values of all members `name` of the JSON object at the beginning of `json`. Only the syntax of other
/// members is checked. A byte order mark before the object and any text after it are ignored.
///
/// # Errors
///
/// An error if `json` does not begin with a complete JSON object.
pub(super) fn members<'a>(json: &'a [u8], name: &str) -> serde_json::Result<Vec<&'a RawValue>> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    serde_json::Deserializer::from_slice(json).deserialize_map(MembersNamed(name))
}

/// Returns whether the text is JSON, or begins with a complete JSON object.
pub(super) fn is_json(json: &[u8]) -> bool {
    members(json, "").is_ok() || serde_json::from_slice::<IgnoredAny>(json).is_ok()
}

/// Returns the text, if the value is a string.
pub(super) fn text(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// Collects the values of all members with this name. A derived `Deserialize` would reject duplicate members.
struct MembersNamed<'a>(&'a str);

impl<'de> Visitor<'de> for MembersNamed<'_> {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            if name == self.0 {
                values.push(members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(values)
    }
}
