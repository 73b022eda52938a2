//! Conversion of option and parameter names between the spelling of this crate and the spelling of a language.

use crate::config::CLIENT_OPTIONS;
use crate::model::parameter_names;

/// Spelling of option and parameter names in a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameStyle {
    /// `customer_id`, as in this crate and in the vendor's API.
    SnakeCase,
    /// `customerId`.
    CamelCase,
}

impl NameStyle {
    /// Spells a name of this crate in this style.
    pub fn spell(self, name: &str) -> String {
        self.letters(name).collect()
    }

    /// Returns this crate's name of the option that is called `name` in this style, or `None` if there is none.
    pub fn option(self, name: &str) -> Option<&'static str> {
        self.find(CLIENT_OPTIONS.iter().map(|row| row.name), name)
    }

    /// Returns this crate's name of the parameter that is called `name` in this style, or `None` if there is none.
    pub fn parameter(self, name: &str) -> Option<&'static str> {
        self.find(parameter_names(), name)
    }

    fn find(self, mut names: impl Iterator<Item = &'static str>, spelled: &str) -> Option<&'static str> {
        names.find(|name| self.letters(name).eq(spelled.chars()))
    }

    fn letters(self, name: &str) -> impl Iterator<Item = char> {
        let mut after_underscore = false;
        name.chars().filter_map(move |c| {
            if self == Self::CamelCase && c == '_' {
                after_underscore = true;
                return None;
            }
            Some(if std::mem::take(&mut after_underscore) { c.to_ascii_uppercase() } else { c })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_in_each_style() {
        assert_eq!(NameStyle::CamelCase.spell("widgets_base_url"), "widgetsBaseUrl");
        assert_eq!(NameStyle::CamelCase.spell("proxy"), "proxy");
        assert_eq!(NameStyle::SnakeCase.spell("ca_bundle"), "ca_bundle");
    }

    #[test]
    fn name_is_known_only_in_its_own_style() {
        assert_eq!(NameStyle::CamelCase.option("attemptTimeout"), Some("attempt_timeout"));
        assert_eq!(NameStyle::CamelCase.option("attempt_timeout"), None);
        assert_eq!(NameStyle::SnakeCase.option("attempt_timeout"), Some("attempt_timeout"));
        assert_eq!(NameStyle::CamelCase.parameter("customerId"), Some("customer_id"));
        assert_eq!(NameStyle::CamelCase.parameter("attemptTimeout"), None);
        assert_eq!(NameStyle::CamelCase.option("customerId"), None);
    }
}
