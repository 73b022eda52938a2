//! Request parameters as name-value pairs, for callers that know the names only at run time, such as the bindings.

use crate::error::{Error, Message, Name, Result};

/// Maximum length of a name in an error message, in characters. A longer name is truncated. It is not compared with the
/// known names either: the name may come from an untrusted web request, and comparing a long name is slow.
const NAME_MAX_CHARS: usize = 64;

/// Name of `customer_id` in the vendor's samples, in the form of [`normalize`]. The closest name would be
/// `subscription_id`.
const VENDORS_CUSTOMER_ID: &str = "subscriberid";

/// Names of the parameters that a session or a handshake token has.
#[derive(Debug)]
pub(crate) struct ParameterList {
    /// The session or the token, with an article, for errors.
    pub(crate) owner: &'static str,
    pub(crate) names: &'static [&'static str],
}

/// Parameters of a handshake token.
pub(crate) const TOKEN_PARAMETERS: &ParameterList =
    &ParameterList { owner: "a handshake token", names: &["customer_id"] };

/// The parameters of one request, not yet validated.
#[derive(Debug, Default)]
pub(crate) struct RawParams {
    pub(crate) customer_id: Option<String>,
    pub(crate) customer_email: Option<String>,
    pub(crate) subscription_id: Option<String>,
}

impl RawParams {
    /// Assigns name-value pairs to the fields. A value of `None` counts as absent.
    ///
    /// # Errors
    ///
    /// A validation error for an unknown name, a parameter of another endpoint, or a duplicate parameter.
    pub(crate) fn from_pairs<N: AsRef<str>, V: Into<String>>(
        list: &ParameterList,
        pairs: impl IntoIterator<Item = (N, Option<V>)>,
    ) -> Result<Self> {
        let mut params = Self::default();
        for (name, value) in pairs {
            let (name, field) = match name.as_ref() {
                "customer_id" => (Name("customer_id"), &mut params.customer_id),
                "customer_email" => (Name("customer_email"), &mut params.customer_email),
                "subscription_id" => (Name("subscription_id"), &mut params.subscription_id),
                unknown => return Err(unknown_parameter(list, unknown)),
            };
            let Some(value) = value else { continue };
            if !list.names.contains(&name.0) {
                let problem = format!(" is not a parameter of {}", list.owner);
                return Err(Error::validation(name, name + problem, "remove it"));
            }
            if field.replace(value.into()).is_some() {
                return Err(Error::validation(name, name + " is set twice", "set it once"));
            }
        }
        Ok(params)
    }
}

/// Creates the error for an unknown parameter name. The error suggests the closest known name, or lists all names.
pub(crate) fn unknown_parameter(list: &ParameterList, name: &str) -> Error {
    let ParameterList { owner, names } = list;
    let advice = match (closest_match(name, names), *names) {
        _ if normalize(name) == VENDORS_CUSTOMER_ID => Message::from("use ") + Name("customer_id"),
        (Some(known), _) => Message::from("did you mean ") + Name(known) + "?",
        (None, [only]) => Message::from("use ") + Name(only),
        (None, names) => Message::from("use one of ") + Message::list(names),
    };
    let name = truncate(name);
    let problem = format!("{owner} has no parameter {name:?}");
    Error::validation(name, problem, advice)
}

fn normalize(name: &str) -> String {
    name.replace(['_', '-'], "").to_lowercase()
}

/// Shortens a name to [`NAME_MAX_CHARS`] characters for an error message.
pub(crate) fn truncate(name: &str) -> String {
    match name.char_indices().nth(NAME_MAX_CHARS) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// Returns the known name that is most similar to `name`, or `None` if no known name is similar enough. Ignores case,
/// `_` and `-`.
pub(crate) fn closest_match(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if name.chars().nth(NAME_MAX_CHARS).is_some() {
        return None;
    }
    let name = normalize(name);
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&name, &normalize(known)), *known))
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
    fn closest_match_ignores_naming_conventions_and_typos() {
        for typo in ["customerId", "customer-id", "custmer_id", "CUSTOMER_ID", "cusotmer_id"] {
            assert_eq!(closest_match(typo, RETENTION.parameters.names), Some("customer_id"), "{typo}");
        }
        assert_eq!(closest_match("customerEmial", RETENTION.parameters.names), Some("customer_email"));
        assert_eq!(closest_match("plan", RETENTION.parameters.names), None);
        assert_eq!(
            closest_match(&format!("{}customer_id", "_".repeat(64)), RETENTION.parameters.names),
            None
        );
    }

    /// Rules: V7
    #[test]
    fn name_of_the_vendors_samples_is_answered_with_the_customer_id() {
        for (list, owner) in
            [(TOKEN_PARAMETERS, "a handshake token"), (&RETENTION.parameters, "a retention session")]
        {
            let text = format!(r#"{owner} has no parameter "subscriberId"; use customer_id"#);
            assert_eq!(unknown_parameter(list, "subscriberId").to_string(), text);
        }
    }

    #[test]
    fn long_name_is_truncated_in_the_error() {
        assert_eq!((truncate("plan").as_str(), truncate(&"é".repeat(64)).chars().count()), ("plan", 64));
        let error = unknown_parameter(&RETENTION.parameters, &"é".repeat(1_000));
        assert!(error.to_string().len() < 400 && error.field().is_some_and(|name| name.ends_with("é…")));
    }
}
