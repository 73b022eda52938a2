//! Which customers there are, for sandboxes that should know.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::SandboxError;
use crate::contract::Asked;

/// The customers and keys that a sandbox knows. Without a seed every customer exists.
///
/// ```json
/// {"customers": [{"id": "cus_1", "email": "a@example.com", "subscriptions": ["sub_1"]}], "keys": ["sk_sandbox_eu"]}
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The customers that exist: any other is answered with 404.
    pub customers: Vec<SeedCustomer>,
    /// Keys that are taken beside the sandbox's own.
    #[serde(default)]
    pub keys: Vec<String>,
}

/// A customer that exists.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SeedCustomer {
    /// The id, where the customer can be asked for by id.
    pub id: Option<String>,
    /// The e-mail, where the customer can be asked for by e-mail.
    pub email: Option<String>,
    /// The ids of the customer's subscriptions: any other is answered with 404.
    #[serde(default)]
    pub subscriptions: Vec<String>,
}

impl Seed {
    /// Reads a seed file.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read or is not of the form; it is named.
    pub fn read(file: &Path) -> Result<Self, SandboxError> {
        let named = |error: &dyn std::fmt::Display| SandboxError::new(format!("{}: {error}", file.display()));
        let text = std::fs::read_to_string(file).map_err(|error| named(&error))?;
        serde_json::from_str(&text).map_err(|error| named(&error))
    }

    /// The reason for a 404. An id is looked for first, an e-mail where there is no id.
    pub(crate) fn missing(&self, asked: &Asked) -> Option<&'static str> {
        let customer =
            self.customers.iter().find(|customer| match (&asked.customer_id, &asked.customer_email) {
                (Some(id), _) => customer.id.as_ref() == Some(id),
                (None, email) => email.is_some() && customer.email == *email,
            });
        match (customer, &asked.subscription_id) {
            (None, _) => Some("Customer not found"),
            (Some(customer), Some(id)) if !customer.subscriptions.contains(id) => {
                Some("Subscription not found")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_seed_lists_exists() {
        let seed: Seed = serde_json::from_str(
            r#"{"customers": [{"id": "cus_1", "email": "a@b", "subscriptions": ["sub_1"]}, {"email": "c@d"}]}"#,
        )
        .unwrap();
        let missing = |id: Option<&str>, email: Option<&str>, subscription: Option<&str>| {
            let [customer_id, customer_email, subscription_id] =
                [id, email, subscription].map(|text| text.map(str::to_owned));
            seed.missing(&Asked { customer_id, customer_email, subscription_id })
        };
        assert_eq!(missing(Some("cus_1"), None, Some("sub_1")), None);
        assert_eq!(missing(None, Some("c@d"), None), None);
        assert_eq!(missing(Some("cus_1"), Some("other@b"), None), None);
        assert_eq!(missing(Some("cus_2"), Some("a@b"), None), Some("Customer not found"));
        assert_eq!(missing(None, Some("x@y"), None), Some("Customer not found"));
        assert_eq!(missing(None, Some("a@b"), Some("sub_2")), Some("Subscription not found"));
    }
}
