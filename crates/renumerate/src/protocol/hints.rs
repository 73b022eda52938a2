//! What looks wrong in a request that the service refused. It is sent all the same: the service knows better.

use crate::error::{Error, ErrorKind};
use crate::redact::BrandKey;

/// What is said of a key that begins with `pk_`.
pub(crate) const PUBLIC_KEY: &str = "the private key begins with pk_: this looks like the public key";

/// The error with what may explain it, where the service answered 400, 401 or 404.
pub(crate) fn hints(error: Error, parameters: &[(&'static str, Option<&str>)], key: &BrandKey) -> Error {
    if !matches!(error.status(), Some(400 | 401 | 404)) {
        return error;
    }
    let value = |name| parameters.iter().find(|(known, _)| *known == name).and_then(|(_, value)| *value);
    let mut found = Vec::new();
    if let Some(id) = value("customer_id") {
        if id.contains('@') {
            found.push("customer_id looks like an e-mail address: is it meant as customer_email?");
        }
        if id.starts_with("sub_") {
            found.push("customer_id looks like the id of a subscription: a customer's begins with cus_");
        }
    }
    if value("subscription_id").is_some_and(|id| id.starts_with("cus_")) {
        found.push("subscription_id looks like the id of a customer: a subscription's begins with sub_");
    }
    if key.expose().starts_with("pk_") {
        found.push(PUBLIC_KEY);
    } else if error.kind() == ErrorKind::Authentication {
        found.push("check that the private key is the brand's, and that of this environment");
    }
    found.into_iter().fold(error, Error::with_hint)
}
