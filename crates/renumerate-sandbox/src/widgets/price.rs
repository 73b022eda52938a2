//! Plans and prices in the widgets.

use crate::domain::{Interval, Plan};

/// Currencies whose amounts have no decimals, from Stripe's list.
const ZERO_DECIMAL: [&str; 16] = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof",
    "xpf",
];

/// Currencies whose amounts have three decimals, from Stripe's list.
const THREE_DECIMAL: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

impl Plan {
    /// Returns the plans of a sandbox that has no seed, or whose seed contains no plans.
    pub(crate) fn defaults() -> Vec<Self> {
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

    /// Returns the amount after a discount of `percent_off` percent, in the smallest unit of the currency.
    pub(crate) fn discounted(&self, percent_off: u8) -> u64 {
        let amount = u128::from(self.amount) * u128::from(100 - percent_off.min(100)) / 100;
        u64::try_from(amount).unwrap_or(self.amount) // a discounted amount is not larger than the amount
    }

    /// Returns the price after a discount of `percent_off` percent, such as "$29.00 a month".
    pub(crate) fn price(&self, percent_off: u8) -> String {
        format!("{} a {}", format_amount(self.discounted(percent_off), &self.currency), self.interval)
    }
}

impl Interval {
    /// Returns the length of the interval in months.
    pub(crate) fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Year => 12,
        }
    }
}

/// Formats an amount in the smallest unit of a currency, such as "$29.00".
pub(super) fn format_amount(amount: u64, currency: &str) -> String {
    let number = if ZERO_DECIMAL.contains(&currency) {
        amount.to_string()
    } else if THREE_DECIMAL.contains(&currency) {
        format!("{}.{:03}", amount / 1000, amount % 1000)
    } else {
        format!("{}.{:02}", amount / 100, amount % 100)
    };
    match currency {
        "usd" => format!("${number}"),
        "eur" => format!("€{number}"),
        "gbp" => format!("£{number}"),
        "jpy" => format!("¥{number}"),
        other => format!("{number} {}", other.to_uppercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn price_is_formatted_for_its_currency() {
        let price = |amount, currency: &str, percent_off| {
            let plan = Plan { amount, currency: currency.to_owned(), ..Plan::defaults().swap_remove(0) };
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
