//! Hints about suspicious parameters of a rejected request. The client sends such parameters anyway, because only the
//! service can decide whether they are valid.

use crate::error::{Error, ErrorKind, Message, Name};
use crate::model::NamedValue;
use crate::redact::BrandKey;

/// The hint for a key that begins with `pk_`.
pub(crate) const PUBLIC_KEY: &str = "the private key begins with pk_: this looks like the public key";

/// Texts that a program writes for a missing value.
const MISSING_VALUES: [&str; 5] = ["undefined", "null", "None", "nil", "NaN"];

/// Adds hints that may explain an error with status 400, 401 or 404.
pub(crate) fn hints(error: Error, parameters: &[NamedValue<'_>], key: &BrandKey) -> Error {
    match error.status() {
        // The service has not seen the parameters.
        Some(404) if error.kind() == ErrorKind::UnexpectedResponse => {
            let hint = Message::from("this 404 is probably not the service's: check ");
            return error.with_hint(hint + Name("base_url") + " and the proxy");
        }
        Some(400 | 401 | 404) => {}
        _ => return error,
    }
    let value = |name| parameters.iter().find(|(known, _)| *known == name).and_then(|(_, value)| *value);
    let mut hints: Vec<Message> = Vec::new();
    for name in ["customer_id", "subscription_id"] {
        if value(name).is_some_and(|id| MISSING_VALUES.contains(&id)) {
            hints.push(Name(name) + " looks like a missing value of your program: check where it comes from");
        }
    }
    if let Some(id) = value("customer_id") {
        if id.contains('@') {
            let hint = Name("customer_id") + " looks like an e-mail address: is it meant as ";
            hints.push(hint + Name("customer_email") + "?");
        }
        if id.starts_with("sub_") {
            hints.push(
                Name("customer_id") + " looks like the id of a subscription: a customer's begins with cus_",
            );
        }
    }
    if value("subscription_id").is_some_and(|id| id.starts_with("cus_")) {
        hints.push(
            Name("subscription_id") + " looks like the id of a customer: a subscription's begins with sub_",
        );
    }
    if key.expose().starts_with("pk_") {
        hints.push(PUBLIC_KEY.into());
    } else if error.kind() == ErrorKind::Authentication {
        hints.push("check that the private key is the brand's, and that of this environment".into());
    }
    hints.into_iter().fold(error, Error::with_hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ResponseContext;

    #[test]
    fn only_a_401_has_the_hint_to_check_the_private_key() {
        let key = BrandKey::new("sk_live_planted").unwrap();
        for status in [400, 401, 403, 404] {
            let context = ResponseContext { status, ..ResponseContext::default() };
            let error = hints(Error::api("Rejected".to_owned(), context), &[], &key);
            let has_hint = error.hints().any(|hint| hint.contains("check that the private key"));
            assert_eq!(has_hint, status == 401, "{status}");
        }
    }
}
