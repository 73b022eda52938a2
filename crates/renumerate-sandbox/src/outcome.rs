//! How a customer's visit to the cancel flow ended.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What came of a session: one for each subscription that was kept or cancelled with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionOutcome {
    /// The subscription that it was about.
    pub subscription_id: String,
    /// Whether the customer stayed.
    pub outcome: Decision,
    /// Why the customer wanted to leave, where the customer got so far as to say it.
    pub reason: Option<Reason>,
    /// What the customer wrote.
    pub comment: Option<String>,
    /// The offer that the customer took.
    pub offer: Option<OfferKind>,
}

impl SessionOutcome {
    /// About what it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        100 + self.subscription_id.len() + self.comment.as_ref().map_or(0, String::len)
    }
}

/// Whether a customer stayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The customer kept the subscription.
    Retained,
    /// The customer cancelled it.
    Cancelled,
}

/// Why a customer wants to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It costs too much.
    TooExpensive,
    /// It is not used enough.
    NotUsed,
    /// It lacks something.
    MissingFeature,
    /// It has more than is needed.
    TooMuch,
    /// The customer goes to another service.
    Switching,
    /// Another reason.
    Other,
}

/// Its name in JSON and in forms.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// What a customer may be offered instead of leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferKind {
    /// A lower price for some months.
    Discount,
    /// Some months without a bill.
    Pause,
    /// Another plan.
    Plan,
}
