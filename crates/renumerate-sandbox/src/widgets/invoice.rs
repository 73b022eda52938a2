//! Invoices of subscriptions.

use serde::Serialize;

use super::day::Day;
use super::price::format_amount;
use crate::domain::Plan;

/// Maximum number of invoices of a subscription. A new invoice replaces the oldest one.
pub(super) const MAX_INVOICES: usize = 12;

/// Invoice for one billing period of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invoice {
    /// Date of the bill.
    pub date: Day,
    /// Amount in the smallest unit of the currency: 2900 is 29.00 dollars.
    pub amount: u64,
    /// ISO code of the currency in lower case, such as `usd`.
    pub currency: String,
    /// Status.
    pub status: InvoiceStatus,
}

/// Status of an invoice. No payment fails in the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// The customer has paid.
    Paid,
}

impl Invoice {
    /// Creates an invoice for a billing period of a plan, with a discount of `percent_off` percent.
    pub(super) fn new(plan: &Plan, percent_off: u8, date: Day) -> Self {
        let (amount, currency) = (plan.discounted(percent_off), plan.currency.clone());
        Self { date, amount, currency, status: InvoiceStatus::Paid }
    }

    /// Creates the invoices of a subscription that has had the same plan since `started_on`, the latest first. The
    /// bills are on the same day of the month as the next bill.
    pub(super) fn history(plan: &Plan, next_bill: Day, started_on: Day, today: Day) -> Vec<Self> {
        let every = plan.interval.months();
        // The next bill may be years ahead, so skip the periods that begin after today.
        let first = (today.months_until(next_bill) / every).max(1);
        let dates = (first..).map(|periods| next_bill.plus_months(-periods * every));
        let past = dates.skip_while(|date| *date > today).take_while(|date| *date >= started_on);
        past.take(MAX_INVOICES).map(|date| Self::new(plan, 0, date)).collect()
    }

    /// Returns the amount, such as "$29.00".
    pub(crate) fn price(&self) -> String {
        format_amount(self.amount, &self.currency)
    }

    /// Approximate size in memory, in bytes.
    pub(super) fn size(&self) -> usize {
        60 + self.currency.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Interval;

    fn dates(plan: &Plan, next_bill: &str, started_on: &str) -> Vec<String> {
        let [next_bill, started_on, today] =
            [next_bill, started_on, "2026-11-23"].map(|text| Day::parse(text).unwrap());
        let invoices = Invoice::history(plan, next_bill, started_on, today);
        assert!(invoices.iter().all(|invoice| invoice.amount == plan.amount && invoice.currency == "usd"));
        invoices.iter().map(|invoice| invoice.date.to_string()).collect()
    }

    #[test]
    fn history_has_the_latest_bills_since_the_start() {
        let monthly = Plan::defaults().swap_remove(1);
        assert_eq!(dates(&monthly, "2026-12-12", "2026-09-12"), ["2026-11-12", "2026-10-12", "2026-09-12"]);
        assert_eq!(dates(&monthly, "2026-11-23", "2026-10-24"), [""; 0], "the next bill is today");
        assert_eq!(
            dates(&monthly, "2026-12-31", "2026-09-30"),
            ["2026-11-30", "2026-10-31", "2026-09-30"][1..]
        );
        assert_eq!(dates(&monthly, "2099-12-23", "2026-10-01"), ["2026-11-23", "2026-10-23"]);
        assert_eq!(dates(&monthly, "2099-12-24", "2026-10-01"), ["2026-10-24"]);
        let bounded = dates(&monthly, "2026-12-12", "2001-01-01");
        assert_eq!((bounded.len(), bounded[11].as_str()), (MAX_INVOICES, "2025-12-12"));
        assert_eq!(dates(&monthly, "2026-12-12", "2027-01-01"), [""; 0], "a start in the future");
        let yearly = Plan { interval: Interval::Year, ..monthly };
        assert_eq!(dates(&yearly, "2027-03-01", "2025-01-01"), ["2026-03-01", "2025-03-01"]);
        assert_eq!(dates(&yearly, "9999-03-01", "2026-01-01"), ["2026-03-01"]);
    }
}
