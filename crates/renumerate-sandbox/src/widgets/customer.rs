//! Customers and their subscriptions, and the changes that the widgets make to subscriptions.

use serde::Serialize;

use super::day::Day;
use super::invoice::{Invoice, MAX_INVOICES};
use crate::domain::{PaymentMethod, Plan, Status};
use crate::state::Size;

/// Maximum number of past bills that are skipped to find the next bill. It covers more than a century of monthly bills.
const MAX_BILLS: i32 = 1300;

/// Customer as the widgets show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CustomerRecord {
    /// Id, if there is one.
    pub id: Option<String>,
    /// E-mail address, if there is one.
    pub email: Option<String>,
    /// Name.
    pub name: String,
    /// Subscriptions, including cancelled ones.
    pub subscriptions: Vec<SubscriptionRecord>,
    /// Card with which the customer pays.
    pub payment_method: PaymentMethod,
    /// Promo codes that the customer has used.
    pub promo_codes: Vec<&'static str>,
}

/// Subscription of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SubscriptionRecord {
    /// Id.
    pub id: String,
    /// Plan.
    pub plan: Plan,
    /// Status.
    pub status: Status,
    /// Date of the next bill; `None` if the subscription is cancelled.
    pub next_bill: Option<Day>,
    /// Date on which the pause ends, if the subscription is paused.
    pub resumes_on: Option<Day>,
    /// Last day of use, if the subscription is cancelled.
    pub ends_on: Option<Day>,
    /// Current discount, if there is one.
    pub discount: Option<Discount>,
    /// Latest invoices, at most 12. The first one is the latest.
    pub invoices: Vec<Invoice>,
}

/// Discount for some months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Discount {
    /// Discount in percent.
    pub percent: u8,
    /// Duration in months.
    pub months: u8,
}

impl CustomerRecord {
    pub(crate) fn subscription(&self, id: &str) -> Option<&SubscriptionRecord> {
        self.subscriptions.iter().find(|subscription| subscription.id == id)
    }
}

impl Size for CustomerRecord {
    fn size(&self) -> usize {
        let texts = [&self.id, &self.email].into_iter().flatten().chain([&self.name]);
        let own: usize = texts.map(String::len).sum();
        let plan_size = |plan: &Plan| plan.id.len() + plan.name.len() + plan.currency.len();
        let invoices_size = |subscription: &SubscriptionRecord| {
            subscription.invoices.iter().map(Invoice::size).sum::<usize>()
        };
        let subscription_size = |subscription: &SubscriptionRecord| {
            300 + subscription.id.len() + plan_size(&subscription.plan) + invoices_size(subscription)
        };
        300 + own + self.subscriptions.iter().map(subscription_size).sum::<usize>()
    }
}

impl SubscriptionRecord {
    /// Creates an active subscription without invoices.
    pub(super) fn active(id: String, plan: Plan, next_bill: Day) -> Self {
        Self {
            id,
            plan,
            status: Status::Active,
            next_bill: Some(next_bill),
            resumes_on: None,
            ends_on: None,
            discount: None,
            invoices: Vec::new(),
        }
    }

    /// Sets the invoices to those of a customer who has paid for the plan since `started_on`.
    pub(super) fn bill_since(&mut self, started_on: Day, today: Day) {
        let invoices = self.next_bill.map(|next| Invoice::history(&self.plan, next, started_on, today));
        self.invoices = invoices.unwrap_or_default();
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.status == Status::Cancelled
    }

    /// Returns the current price.
    pub(crate) fn price(&self) -> String {
        self.plan.price(self.percent_off())
    }

    fn percent_off(&self) -> u8 {
        self.discount.map_or(0, |discount| discount.percent)
    }

    /// Returns the price with this discount.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub(crate) fn price_with(&self, discount: &Discount) -> String {
        self.plan.price(discount.percent)
    }

    pub(crate) fn change_plan(&mut self, plan: Plan) {
        self.plan = plan;
    }

    /// Pauses billing for some months, after which the subscription resumes.
    pub(crate) fn pause(&mut self, months: u8, today: Day) {
        let until = today.plus_months(months.into());
        (self.status, self.resumes_on) = (Status::Paused, Some(until));
        self.next_bill = self.next_bill.max(Some(until));
    }

    /// Resumes the subscription today. The next bill is also today.
    pub(crate) fn resume(&mut self, today: Day) {
        if self.status != Status::Paused {
            return; // the customer has resumed the subscription in another window
        }
        (self.status, self.resumes_on, self.next_bill) = (Status::Active, None, Some(today));
    }

    pub(crate) fn discount(&mut self, discount: Discount) {
        self.discount = Some(discount);
    }

    /// Cancels the subscription at the end of the billing period. A paused subscription ends today.
    pub(crate) fn cancel(&mut self, today: Day) {
        let paid_until = self.next_bill.filter(|_| self.status == Status::Active);
        (self.status, self.ends_on) = (Status::Cancelled, Some(paid_until.unwrap_or(today)));
        (self.next_bill, self.resumes_on, self.discount) = (None, None, None);
    }

    /// Updates the subscription to today: ends a pause that is over, and adds the invoices of past bills.
    pub(super) fn pass_time(&mut self, today: Day) {
        if self.resumes_on.is_some_and(|day| day <= today) {
            (self.status, self.resumes_on) = (Status::Active, None);
        }
        let Some(first) = self.next_bill else { return };
        // Compute each date from the first bill, not from the previous one. A bill on the 31st is then on the 31st
        // again after a shorter month.
        let every = self.plan.interval.months();
        for bill in (0..MAX_BILLS).map(|periods| first.plus_months(periods * every)) {
            if bill >= today {
                self.next_bill = Some(bill);
                break;
            }
            self.invoices.insert(0, Invoice::new(&self.plan, self.percent_off(), bill));
            self.invoices.truncate(MAX_INVOICES);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn subscription() -> SubscriptionRecord {
        SubscriptionRecord::active("sub_1".to_owned(), Plan::defaults().swap_remove(1), day("2026-12-12"))
    }

    #[test]
    fn pause_postpones_the_bill_and_ends() {
        let mut paused = subscription();
        paused.pause(2, day("2026-11-20"));
        assert_eq!((paused.status, paused.resumes_on), (Status::Paused, Some(day("2027-01-20"))));
        assert_eq!(paused.next_bill, Some(day("2027-01-20")));
        let mut resumed = paused.clone();
        resumed.resume(day("2026-12-01"));
        assert_eq!(
            (resumed.status, resumed.resumes_on, resumed.next_bill),
            (Status::Active, None, Some(day("2026-12-01")))
        );
        paused.pass_time(day("2027-01-20"));
        assert_eq!(
            (paused.status, paused.resumes_on, paused.next_bill),
            (Status::Active, None, Some(day("2027-01-20")))
        );
    }

    #[test]
    fn cancelled_subscription_ends_with_the_billing_period() {
        let mut cancelled = subscription();
        cancelled.discount(Discount { percent: 30, months: 3 });
        cancelled.cancel(day("2026-11-20"));
        assert_eq!(
            (cancelled.status, cancelled.next_bill, cancelled.ends_on),
            (Status::Cancelled, None, Some(day("2026-12-12")))
        );
        let mut paused = subscription();
        paused.pause(1, day("2026-11-20"));
        paused.cancel(day("2026-11-25"));
        assert_eq!(paused.ends_on, Some(day("2026-11-25")), "a pause is not billed");
    }

    #[test]
    fn past_bills_are_invoiced() {
        let mut monthly = subscription();
        monthly.discount(Discount { percent: 50, months: 3 });
        monthly.pass_time(day("2027-03-01"));
        assert_eq!(monthly.next_bill, Some(day("2027-03-12")));
        let invoices = monthly.invoices.iter().map(|invoice| (invoice.date, invoice.amount));
        let dates = ["2027-02-12", "2027-01-12", "2026-12-12"];
        assert_eq!(invoices.collect::<Vec<_>>(), dates.map(|date| (day(date), 1450)));
        monthly.pass_time(day("2030-01-01"));
        assert_eq!((monthly.invoices.len(), monthly.invoices[0].date), (12, day("2029-12-12")));
        let mut yearly = subscription();
        yearly.plan.interval = crate::domain::Interval::Year;
        yearly.pass_time(day("2027-03-01"));
        assert_eq!(yearly.next_bill, Some(day("2027-12-12")));
        let mut last_day = SubscriptionRecord { next_bill: Some(day("2026-01-31")), ..subscription() };
        last_day.pass_time(day("2026-03-01"));
        assert_eq!(last_day.next_bill, Some(day("2026-03-31")), "February does not change the day");
    }
}
