//! Conversion of option and parameter names between the spelling of this crate and the spelling of a language.

use std::borrow::Cow;

use crate::config::CLIENT_OPTIONS;
use crate::model::RETENTION;

/// Spelling of option and parameter names in a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameStyle {
    /// `customer_id`, as in this crate and in the vendor's API.
    SnakeCase,
    /// `customerId`.
    CamelCase,
}

impl NameStyle {
    /// Rewrites the option and parameter names in `text`, which is a message of this crate, to this style. Text in
    /// double quotes stays unchanged, because it quotes user input.
    pub fn localize(self, text: &str) -> Cow<'_, str> {
        if self == Self::SnakeCase {
            return Cow::Borrowed(text);
        }
        let (mut output, mut word, mut in_quotes, mut escaped) =
            (String::with_capacity(text.len()), String::new(), false, false);
        for c in text.chars() {
            if !in_quotes && (c == '_' || c.is_ascii_alphanumeric()) {
                word.push(c);
                continue;
            }
            flush_word(&mut word, &mut output);
            output.push(c);
            in_quotes ^= c == '"' && !escaped;
            escaped = in_quotes && c == '\\' && !escaped;
        }
        flush_word(&mut word, &mut output);
        Cow::Owned(output)
    }

    /// Returns this crate's name of the option or parameter that is called `name` in this style, or `None` if there is
    /// none.
    pub fn resolve(self, name: &str) -> Option<&'static str> {
        self.option(name).or_else(|| self.parameter(name))
    }

    /// Returns this crate's name of the option that is called `name` in this style, or `None` if there is none.
    pub fn option(self, name: &str) -> Option<&'static str> {
        CLIENT_OPTIONS.iter().map(|row| row.name).find(|known| self.localize(known) == name)
    }

    /// Returns this crate's name of the parameter that is called `name` in this style, or `None` if there is none.
    pub fn parameter(self, name: &str) -> Option<&'static str> {
        RETENTION.parameters.iter().copied().find(|known| self.localize(known) == name)
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    CLIENT_OPTIONS.iter().map(|row| row.name).chain(RETENTION.parameters.iter().copied())
}

/// Moves a complete word to the output. Names of options and parameters are converted to camel case.
fn flush_word(word: &mut String, output: &mut String) {
    if names().any(|name| name == word) {
        let mut parts = word.split('_');
        output.extend(parts.next());
        for part in parts {
            let mut letters = part.chars();
            output.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            output.push_str(letters.as_str());
        }
    } else {
        output.push_str(word);
    }
    word.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_rewritten_except_in_quoted_input() {
        let camel = |text| NameStyle::CamelCase.localize(text).into_owned();
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
        assert_eq!(NameStyle::SnakeCase.localize("ca_bundle"), "ca_bundle");
    }

    #[test]
    fn name_is_known_only_in_its_own_style() {
        assert_eq!(NameStyle::CamelCase.resolve("attemptTimeout"), Some("attempt_timeout"));
        assert_eq!(NameStyle::CamelCase.resolve("attempt_timeout"), None);
        assert_eq!(NameStyle::SnakeCase.resolve("attempt_timeout"), Some("attempt_timeout"));
        assert_eq!(NameStyle::CamelCase.parameter("customerId"), Some("customer_id"));
        assert_eq!(NameStyle::CamelCase.resolve("customerId"), Some("customer_id"));
        assert_eq!(NameStyle::CamelCase.parameter("attemptTimeout"), None);
        assert_eq!(NameStyle::CamelCase.option("customerId"), None);
    }
}
