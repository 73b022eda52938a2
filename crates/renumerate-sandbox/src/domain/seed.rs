//! Seeds: lists of the customers that exist in a sandbox.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::payment_method::PaymentMethod;
use super::plan::Plan;
use crate::contract::SessionRequest;
use crate::error::SandboxError;

/// Customers, plans and private keys that exist in a sandbox. Without a seed, every customer exists.
///
/// ```json
/// {"customers": [{"id": "cus_1", "email": "a@example.com", "subscriptions": ["sub_1"]}], "keys": ["sk_sandbox_eu"]}
/// ```
///
/// A seed can also contain the data that the widgets show. The sandbox generates data that the seed does not contain:
///
/// ```json
/// {"plans": [{"id": "pro", "name": "Pro", "amount": 4900, "currency": "eur", "interval": "month"}],
///  "customers": [{"id": "cus_1", "name": "Ada Novak", "subscriptions": [
///      {"id": "sub_1", "plan": "pro", "status": "paused", "started_on": "2026-08-01", "next_bill": "2026-12-01"}],
///      "payment_method": {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}}]}
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct Seed {
    /// Customers that exist. If a request is for a customer that is not listed, the response is 404.
    pub customers: Vec<SeedCustomer>,
    /// Private keys that the sandbox accepts in addition to its own key.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Plans of the business. Default: `starter`, `team`, `business` and `team_yearly`.
    #[serde(default)]
    pub plans: Vec<Plan>,
}

/// Customer that exists.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct SeedCustomer {
    /// Id. Without an id, sessions for this customer cannot be requested by id.
    pub id: Option<String>,
    /// E-mail address. Without an address, sessions for this customer cannot be requested by e-mail address.
    pub email: Option<String>,
    /// Name that the widgets show.
    #[serde(default)]
    pub name: Option<String>,
    /// Subscriptions of the customer. If a request is for a subscription that is not listed, the response is 404. If
    /// each of them is cancelled, or if there is none, the exchange of a handshake token fails with 404.
    #[serde(default)]
    pub subscriptions: Vec<SeedSubscription>,
    /// Card with which the customer pays. Default: a card that the sandbox chooses.
    #[serde(default)]
    pub payment_method: Option<PaymentMethod>,
}

/// Subscription that exists. In JSON, it is written as an id or as an object.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(from = "IdOrObject")]
pub struct SeedSubscription {
    /// Id of the subscription.
    pub id: String,
    /// Id of the plan. Default: a plan that the sandbox chooses.
    pub plan: Option<String>,
    /// Status. Default: active.
    pub status: Status,
    /// Date of the next bill, such as `2026-12-01`. Default: a date that the sandbox chooses.
    pub next_bill: Option<String>,
    /// Date since which the customer is billed, such as `2026-08-01`. Default: a date that the sandbox chooses.
    pub started_on: Option<String>,
}

/// Status of a subscription.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The subscription is active.
    #[default]
    Active,
    /// The subscription is paused.
    Paused,
    /// The subscription is cancelled: it has ended, or it ends with the billing period.
    Cancelled,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a subscription must be an id, or an object with id, plan, status, next_bill and started_on"
)]
enum IdOrObject {
    Id(String),
    Object(Object),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
struct Object {
    id: String,
    plan: Option<String>,
    #[serde(default)]
    status: Status,
    next_bill: Option<String>,
    started_on: Option<String>,
}

impl From<IdOrObject> for SeedSubscription {
    fn from(subscription: IdOrObject) -> Self {
        match subscription {
            IdOrObject::Id(id) => Self::from(id.as_str()),
            IdOrObject::Object(Object { id, plan, status, next_bill, started_on }) => {
                Self { id, plan, status, next_bill, started_on }
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
    /// [`SandboxError::Read`] if the file cannot be read, and [`SandboxError::InvalidSeed`] if the file is not a seed.
    pub fn read(file: &Path) -> Result<Self, SandboxError> {
        let text = std::fs::read_to_string(file).map_err(|error| SandboxError::read(file, error))?;
        serde_json::from_str(&text).map_err(|error| SandboxError::seed(error.to_string()).in_file(file))
    }

    /// Returns the reason for a 404 response; `None` if the customer and the subscription of the request exist. The
    /// customer is found by id, or by e-mail address if the request contains no customer id.
    pub(crate) fn missing(&self, request: &SessionRequest) -> Option<&'static str> {
        match (self.find(request), &request.subscription_id) {
            (None, _) => Some("Customer not found"),
            (Some(customer), Some(id)) if customer.subscriptions.iter().all(|known| known.id != *id) => {
                Some("Subscription not found")
            }
            _ => None,
        }
    }

    /// Returns whether the customer of the request has a subscription that is not cancelled.
    pub(crate) fn has_active_subscription(&self, request: &SessionRequest) -> bool {
        let mut subscriptions = self.find(request).into_iter().flat_map(|customer| &customer.subscriptions);
        subscriptions.any(|subscription| subscription.status != Status::Cancelled)
    }

    fn find(&self, request: &SessionRequest) -> Option<&SeedCustomer> {
        self.customers.iter().find(|customer| match (&request.customer_id, &request.customer_email) {
            (Some(id), _) => customer.id.as_ref() == Some(id),
            (None, email) => email.is_some() && customer.email == *email,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_subscription_error_states_the_format() {
        for subscription in [
            r#"{"plan": "team"}"#,
            r#"{"id": "sub_1", "planet": 1}"#,
            "1",
            r#"{"id": "sub_1", "status": "on"}"#,
        ] {
            let seed = format!(r#"{{"customers": [{{"id": "cus_1", "subscriptions": [{subscription}]}}]}}"#);
            let error = serde_json::from_str::<Seed>(&seed).unwrap_err().to_string();
            assert!(error.contains("must be an id, or an object with"), "{error}");
        }
    }

    #[test]
    fn only_listed_customers_and_subscriptions_exist() {
        let seed: Seed = serde_json::from_str(
            r#"{"customers": [{"id": "cus_1", "email": "a@b", "subscriptions": ["sub_1"]}, {"email": "c@d"}]}"#,
        )
        .unwrap();
        let missing = |id: Option<&str>, email: Option<&str>, subscription: Option<&str>| {
            let [customer_id, customer_email, subscription_id] =
                [id, email, subscription].map(|text| text.map(str::to_owned));
            seed.missing(&SessionRequest { customer_id, customer_email, subscription_id })
        };
        assert_eq!(missing(Some("cus_1"), None, Some("sub_1")), None);
        assert_eq!(missing(None, Some("c@d"), None), None);
        assert_eq!(missing(Some("cus_1"), Some("other@b"), None), None);
        assert_eq!(missing(Some("cus_2"), Some("a@b"), None), Some("Customer not found"));
        assert_eq!(missing(None, Some("x@y"), None), Some("Customer not found"));
        assert_eq!(missing(None, Some("a@b"), Some("sub_2")), Some("Subscription not found"));
    }
}
