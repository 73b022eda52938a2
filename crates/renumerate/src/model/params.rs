//! Parameters by name: the one way in for languages with open keyword arguments.

use super::endpoint::Endpoint;
use crate::error::{Error, Result};

/// A longer name than this is told in part, and is nobody's typo: to compare it with ours takes time that whoever sends a
/// page's request could ask for.
const NAME_MAX_CHARS: usize = 64;

/// The parameters of one request, each at most once, not yet checked.
#[derive(Debug, Default)]
pub(crate) struct RawParams {
    pub(crate) customer_id: Option<String>,
    pub(crate) customer_email: Option<String>,
    pub(crate) subscription_id: Option<String>,
}

impl RawParams {
    /// Sorts named values into their places. An absent value means an absent parameter, a name that the endpoint
    /// does not take is refused.
    pub(crate) fn from_pairs<N: AsRef<str>, V: Into<String>>(
        endpoint: &Endpoint,
        pairs: impl IntoIterator<Item = (N, Option<V>)>,
    ) -> Result<Self> {
        let mut fields = Self::default();
        for (name, value) in pairs {
            let name = name.as_ref();
            let slot = match name {
                "customer_id" => &mut fields.customer_id,
                "customer_email" => &mut fields.customer_email,
                "subscription_id" => &mut fields.subscription_id,
                _ => return Err(unknown_parameter(endpoint, name)),
            };
            let Some(value) = value else { continue };
            if !endpoint.parameters.contains(&name) {
                return Err(misplaced_parameter(endpoint, name));
            }
            if slot.replace(value.into()).is_some() {
                return Err(Error::validation(
                    name.to_owned(),
                    format!("{name} is given twice: give it once"),
                ));
            }
        }
        Ok(fields)
    }
}

pub(crate) fn unknown_parameter(endpoint: &Endpoint, name: &str) -> Error {
    let known = endpoint.parameters;
    let advice = match closest_match(name, known) {
        Some(known) => format!("did you mean {known}?"),
        None => format!("it takes {}", known.join(", ")),
    };
    let name = truncate(name);
    let reason = format!("a {} session has no parameter {name:?}: {advice}", endpoint.name);
    Error::validation(name, reason)
}

/// A name that somebody gave, short enough to be told.
pub(crate) fn truncate(name: &str) -> String {
    match name.char_indices().nth(NAME_MAX_CHARS) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

fn misplaced_parameter(endpoint: &Endpoint, name: &str) -> Error {
    Error::validation(
        name.to_owned(),
        format!("{name} isn't a parameter of a {} session: leave it out", endpoint.name),
    )
}

/// The known name that was probably meant, whatever the convention that it was written in.
pub(crate) fn closest_match<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    if name.chars().nth(NAME_MAX_CHARS).is_some() {
        return None;
    }
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let name = plain(name);
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&name, &plain(known)), *known))
        .min()
        .filter(|(distance, known)| *distance * 3 <= known.len())
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::endpoint::RETENTION;

    /// Rules: V7
    #[test]
    fn the_nearest_name_is_found_across_conventions_and_typos() {
        for typo in ["customerId", "customer-id", "custmer_id", "CUSTOMER_ID", "cusotmer_id"] {
            assert_eq!(closest_match(typo, RETENTION.parameters), Some("customer_id"), "{typo}");
        }
        assert_eq!(closest_match("customerEmial", RETENTION.parameters), Some("customer_email"));
        assert_eq!(closest_match("plan", RETENTION.parameters), None);
        assert_eq!(closest_match(&format!("{}customer_id", "_".repeat(64)), RETENTION.parameters), None);
    }

    #[test]
    fn a_name_is_told_in_part_where_it_is_long() {
        assert_eq!((truncate("plan").as_str(), truncate(&"é".repeat(64)).chars().count()), ("plan", 64));
        let error = unknown_parameter(&RETENTION, &"é".repeat(1_000));
        assert!(error.to_string().len() < 400 && error.field().is_some_and(|name| name.ends_with("é…")));
    }
}
