//! Plans that customers subscribe to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Plan that customers can subscribe to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct Plan {
    /// Id of the plan. The subscriptions of a seed refer to the plan by this id.
    pub id: String,
    /// Name that customers see.
    pub name: String,
    /// Price per interval in the smallest unit of the currency: 2900 is 29.00 dollars.
    pub amount: u64,
    /// ISO code of the currency in lower case, such as `usd`.
    pub currency: String,
    /// Billing interval.
    pub interval: Interval,
}

/// Billing interval of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Billed every month.
    Month,
    /// Billed every year.
    Year,
}

/// Writes the name of the interval in JSON, which is also the English word.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
