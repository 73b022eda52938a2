//! Which customers there are, for sandboxes that should know.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::SandboxError;
use crate::contract::Asked;
use crate::plan::Plan;

/// The customers, plans and keys that a sandbox knows. Without a seed every customer exists.
///
/// ```json
/// {"customers": [{"id": "cus_1", "email": "a@example.com", "subscriptions": ["sub_1"]}], "keys": ["sk_sandbox_eu"]}
/// ```
///
/// What the widgets show of a customer may be said too; they invent the rest:
///
/// ```json
/// {"plans": [{"id": "pro", "name": "Pro", "amount": 4900, "currency": "eur", "interval": "month"}],
///  "customers": [{"id": "cus_1", "name": "Ada Novak", "subscriptions": [
///      {"id": "sub_1", "plan": "pro", "status": "paused", "next_bill": "2026-12-01"}]}]}
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The customers that exist: any other is answered with 404.
    pub customers: Vec<SeedCustomer>,
    /// Keys that are taken beside the sandbox's own.
    #[serde(default)]
    pub keys: Vec<String>,
    /// The plans of the business. Without any there are some usual ones: `starter`, `team`, `business`, `team_yearly`.
    #[serde(default)]
    pub plans: Vec<Plan>,
}

/// A customer that exists.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SeedCustomer {
    /// The id, where the customer can be asked for by id.
    pub id: Option<String>,
    /// The e-mail, where the customer can be asked for by e-mail.
    pub email: Option<String>,
    /// The name that the widgets show.
    #[serde(default)]
    pub name: Option<String>,
    /// The customer's subscriptions: any other is answered with 404.
    #[serde(default)]
    pub subscriptions: Vec<SeedSubscription>,
}

/// A subscription that exists: in JSON its id alone, or an object.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(from = "IdOrObject")]
pub struct SeedSubscription {
    /// The id.
    pub id: String,
    /// The id of its plan. Default: one that is invented.
    pub plan: Option<String>,
    /// Whether it runs. Default: it does.
    pub status: Status,
    /// When it is paid for next: `2026-12-01`. Default: a day that is invented.
    pub next_bill: Option<String>,
}

/// Whether a subscription runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It runs.
    #[default]
    Active,
    /// It goes on later.
    Paused,
    /// It ends with what is paid for, or has ended.
    Cancelled,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a subscription must be its id, or an object of id, plan, status and next_bill"
)]
enum IdOrObject {
    Id(String),
    Object(Object),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    id: String,
    plan: Option<String>,
    #[serde(default)]
    status: Status,
    next_bill: Option<String>,
}

impl From<IdOrObject> for SeedSubscription {
    fn from(given: IdOrObject) -> Self {
        match given {
            IdOrObject::Id(id) => Self::from(id.as_str()),
            IdOrObject::Object(Object { id, plan, status, next_bill }) => {
                Self { id, plan, status, next_bill }
            }
        }
    }
}

impl From<&str> for SeedSubscription {
    fn from(id: &str) -> Self {
        Self { id: id.to_owned(), ..Self::default() }
    }
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
            (Some(customer), Some(id)) if customer.subscriptions.iter().all(|known| known.id != *id) => {
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
    fn what_cannot_be_meant_is_refused_with_what_can() {
        for subscription in [
            r#"{"plan": "team"}"#,
            r#"{"id": "sub_1", "planet": 1}"#,
            "1",
            r#"{"id": "sub_1", "status": "on"}"#,
        ] {
            let seed = format!(r#"{{"customers": [{{"id": "cus_1", "subscriptions": [{subscription}]}}]}}"#);
            let error = serde_json::from_str::<Seed>(&seed).unwrap_err().to_string();
            assert!(error.contains("must be its id, or an object of"), "{error}");
        }
    }

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
