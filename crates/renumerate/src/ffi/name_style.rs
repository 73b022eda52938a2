//! The names of options and parameters, as each language writes them.

use std::borrow::Cow;

use crate::config::CLIENT_OPTIONS;
use crate::model::RETENTION;

/// How a language writes the names of options and parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameStyle {
    /// `customer_id`, as this crate and the vendor do.
    SnakeCase,
    /// `customerId`.
    CamelCase,
}

impl NameStyle {
    /// A text of this crate with its names in that form. What stands in double quotes somebody else wrote: it stays.
    pub fn write(self, text: &str) -> Cow<'_, str> {
        if self == Self::SnakeCase {
            return Cow::Borrowed(text);
        }
        let (mut written, mut word, mut quoted, mut escaped) =
            (String::with_capacity(text.len()), String::new(), false, false);
        for c in text.chars() {
            if !quoted && (c == '_' || c.is_ascii_alphanumeric()) {
                word.push(c);
                continue;
            }
            finish(&mut word, &mut written);
            written.push(c);
            quoted ^= c == '"' && !escaped;
            escaped = quoted && c == '\\' && !escaped;
        }
        finish(&mut word, &mut written);
        Cow::Owned(written)
    }

    /// The name of this crate for what somebody wrote in that form.
    pub fn known(self, name: &str) -> Option<&'static str> {
        self.option(name).or_else(|| self.parameter(name))
    }

    /// The same, where it is the name of an option.
    pub fn option(self, name: &str) -> Option<&'static str> {
        CLIENT_OPTIONS.iter().map(|row| row.name).find(|known| self.write(known) == name)
    }

    /// The same, where it is the name of a parameter.
    pub fn parameter(self, name: &str) -> Option<&'static str> {
        RETENTION.parameters.iter().copied().find(|known| self.write(known) == name)
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    CLIENT_OPTIONS.iter().map(|row| row.name).chain(RETENTION.parameters.iter().copied())
}

/// Moves a finished word over, in camel case where it is a name.
fn finish(word: &mut String, written: &mut String) {
    if names().any(|name| name == word) {
        let mut parts = word.split('_');
        written.extend(parts.next());
        for part in parts {
            let mut letters = part.chars();
            written.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            written.push_str(letters.as_str());
        }
    } else {
        written.push_str(word);
    }
    word.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_rewritten_and_what_somebody_wrote_is_not() {
        let camel = |text| NameStyle::CamelCase.write(text).into_owned();
        assert_eq!(
            camel("give customer_id, customer_email or both"),
            "give customerId, customerEmail or both"
        );
        assert_eq!(
            camel("base_url is http://: set RENUMERATE_BASE_URL"),
            "baseUrl is http://: set RENUMERATE_BASE_URL"
        );
        assert_eq!(
            camel(r#"no parameter "customer_id \" base_url": did you mean customer_id?"#),
            r#"no parameter "customer_id \" base_url": did you mean customerId?"#
        );
        assert_eq!(camel("begins with cus_, é"), "begins with cus_, é");
        assert_eq!(NameStyle::SnakeCase.write("ca_bundle"), "ca_bundle");
    }

    #[test]
    fn a_name_is_known_in_its_own_form_alone() {
        assert_eq!(NameStyle::CamelCase.known("attemptTimeout"), Some("attempt_timeout"));
        assert_eq!(NameStyle::CamelCase.known("attempt_timeout"), None);
        assert_eq!(NameStyle::SnakeCase.known("attempt_timeout"), Some("attempt_timeout"));
        assert_eq!(NameStyle::CamelCase.parameter("customerId"), Some("customer_id"));
        assert_eq!(NameStyle::CamelCase.known("customerId"), Some("customer_id"));
        assert_eq!(NameStyle::CamelCase.parameter("attemptTimeout"), None);
        assert_eq!(NameStyle::CamelCase.option("customerId"), None);
    }
}
