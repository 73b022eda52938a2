//! What a subscription costs, and what a customer may change to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A plan of the business: what its customers subscribe to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The id, by which a seed's subscriptions name it.
    pub id: String,
    /// The name that customers read.
    pub name: String,
    /// The price of one interval in the currency's smallest unit: 2900 is 29.00 dollars.
    pub amount: u64,
    /// The currency's ISO code in lower case, as Stripe has it: `usd`.
    pub currency: String,
    /// How often it is paid.
    pub interval: Interval,
}

/// How often a plan is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Each month.
    Month,
    /// Each year.
    Year,
}

/// Its name in JSON, which is the word for it.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Currencies without a smaller unit, after Stripe's list.
#[cfg(feature = "widgets")]
const WHOLE: [&str; 16] = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof",
    "xpf",
];

/// Currencies of a thousand smaller units, after Stripe's list.
#[cfg(feature = "widgets")]
const THOUSANDTHS: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

#[cfg(feature = "widgets")]
impl Plan {
    /// The plans of a business that a seed does not describe.
    pub(crate) fn usual() -> Vec<Self> {
        let plan = |id: &str, name: &str, amount, interval| Self {
            id: id.to_owned(),
            name: name.to_owned(),
            amount,
            currency: "usd".to_owned(),
            interval,
        };
        vec![
            plan("starter", "Starter", 900, Interval::Month),
            plan("team", "Team", 2900, Interval::Month),
            plan("business", "Business", 7900, Interval::Month),
            plan("team_yearly", "Team, yearly", 29_000, Interval::Year),
        ]
    }

    /// What it costs, less so many percent: "$29.00 a month".
    pub(crate) fn price(&self, percent_off: u8) -> String {
        let amount = u128::from(self.amount) * u128::from(100 - percent_off.min(100)) / 100;
        let currency = self.currency.as_str();
        let number = if WHOLE.contains(&currency) {
            amount.to_string()
        } else if THOUSANDTHS.contains(&currency) {
            format!("{}.{:03}", amount / 1000, amount % 1000)
        } else {
            format!("{}.{:02}", amount / 100, amount % 100)
        };
        let price = match self.currency.as_str() {
            "usd" => format!("${number}"),
            "eur" => format!("€{number}"),
            "gbp" => format!("£{number}"),
            "jpy" => format!("¥{number}"),
            other => format!("{number} {}", other.to_uppercase()),
        };
        format!("{price} a {}", self.interval)
    }
}

#[cfg(all(test, feature = "widgets"))]
mod tests {
    use super::*;

    #[test]
    fn a_price_reads_as_people_write_it() {
        let price = |amount, currency: &str, percent_off| {
            let plan = Plan { amount, currency: currency.to_owned(), ..Plan::usual().swap_remove(0) };
            plan.price(percent_off)
        };
        assert_eq!(price(2900, "usd", 0), "$29.00 a month");
        assert_eq!(price(2900, "usd", 30), "$20.30 a month");
        assert_eq!(price(999, "eur", 50), "€4.99 a month");
        assert_eq!(price(1500, "jpy", 0), "¥1500 a month");
        assert_eq!(price(5, "chf", 0), "0.05 CHF a month");
        assert_eq!(price(1500, "kwd", 0), "1.500 KWD a month");
        assert_eq!(price(u64::MAX, "gbp", 100), "£0.00 a month");
        assert_eq!(price(u64::MAX, "gbp", 0), "£184467440737095516.15 a month");
    }
}
