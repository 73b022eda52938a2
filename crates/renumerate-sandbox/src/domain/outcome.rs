//! Outcomes of the cancel flow, in which a customer cancels or keeps a subscription.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Outcome of a session for one subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionOutcome {
    /// Id of the subscription.
    pub subscription_id: String,
    /// Decision of the customer.
    pub outcome: Decision,
    /// Reason for cancelling, if the customer has selected one.
    pub reason: Option<Reason>,
    /// Comment of the customer.
    pub comment: Option<String>,
    /// Offer that the customer accepted.
    pub offer: Option<OfferKind>,
}

impl SessionOutcome {
    /// Approximate size in memory, in bytes.
    pub(crate) fn size(&self) -> usize {
        100 + self.subscription_id.len() + self.comment.as_ref().map_or(0, String::len)
    }
}

/// Decision of a customer in the cancel flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The customer kept the subscription.
    Retained,
    /// The customer cancelled the subscription.
    Cancelled,
}

/// Reason for cancelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The price is too high.
    TooExpensive,
    /// The customer does not use the product enough.
    NotUsed,
    /// A feature is missing.
    MissingFeature,
    /// The plan contains more than the customer needs.
    TooMuch,
    /// The customer switches to another service.
    Switching,
    /// Any reason that is not listed above.
    Other,
}

/// Writes the name that is used in JSON and in the forms of the widgets.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Kind of an offer in the cancel flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferKind {
    /// Lower price for some months.
    Discount,
    /// Some months without a bill.
    Pause,
    /// Switch to another plan.
    Plan,
}
