//! A customer, the subscriptions, and what can be done with these.

use serde::Serialize;

use super::day::Day;
use crate::plan::{Interval, Plan};
use crate::seed::Status;

/// How many bills are passed over at most, to find the next: more than a century's.
const BILLS: usize = 1300;

/// A customer as the widgets show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CustomerRecord {
    /// The id, where there is one.
    pub id: Option<String>,
    /// The e-mail, where there is one.
    pub email: Option<String>,
    /// The name.
    pub name: String,
    /// All subscriptions, those among them that are cancelled.
    pub subscriptions: Vec<SubscriptionRecord>,
}

/// A customer's subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SubscriptionRecord {
    /// The id.
    pub id: String,
    /// What is subscribed to.
    pub plan: Plan,
    /// Whether it runs.
    pub status: Status,
    /// When it is paid for next; `None` once it is cancelled.
    pub next_bill: Option<Day>,
    /// When it goes on, while it is paused.
    pub resumes_on: Option<Day>,
    /// Until when it can be used, once it is cancelled.
    pub ends_on: Option<Day>,
    /// A lower price for some time.
    pub discount: Option<Discount>,
}

/// A lower price for some months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Discount {
    /// By how much it is lower.
    pub percent: u8,
    /// For how many months.
    pub months: u8,
}

impl CustomerRecord {
    pub(crate) fn subscription(&self, id: &str) -> Option<&SubscriptionRecord> {
        self.subscriptions.iter().find(|subscription| subscription.id == id)
    }

    /// About what it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        let texts = [&self.id, &self.email].into_iter().flatten().chain([&self.name]);
        let own: usize = texts.map(String::len).sum();
        let texts = |plan: &Plan| plan.id.len() + plan.name.len() + plan.currency.len();
        let of = |subscription: &SubscriptionRecord| 300 + subscription.id.len() + texts(&subscription.plan);
        200 + own + self.subscriptions.iter().map(of).sum::<usize>()
    }
}

impl SubscriptionRecord {
    /// A subscription that runs, and is paid for on this day.
    pub(super) fn active(id: String, plan: Plan, next_bill: Day) -> Self {
        let next_bill = Some(next_bill);
        Self { id, plan, status: Status::Active, next_bill, resumes_on: None, ends_on: None, discount: None }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.status == Status::Cancelled
    }

    /// What it costs now.
    pub(crate) fn price(&self) -> String {
        self.plan.price(self.discount.map_or(0, |discount| discount.percent))
    }

    /// What it would cost with this discount.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates lend what they pass")]
    pub(crate) fn price_with(&self, discount: &Discount) -> String {
        self.plan.price(discount.percent)
    }

    pub(crate) fn change_plan(&mut self, plan: Plan) {
        self.plan = plan;
    }

    /// No bill for some months: it goes on by itself then.
    pub(crate) fn pause(&mut self, months: u8, today: Day) {
        let until = today.plus_months(months.into());
        (self.status, self.resumes_on) = (Status::Paused, Some(until));
        self.next_bill = self.next_bill.max(Some(until));
    }

    /// Goes on today, and is paid for today.
    pub(crate) fn resume(&mut self, today: Day) {
        if self.status != Status::Paused {
            return; // it was resumed in another window
        }
        (self.status, self.resumes_on, self.next_bill) = (Status::Active, None, Some(today));
    }

    pub(crate) fn discount(&mut self, discount: Discount) {
        self.discount = Some(discount);
    }

    /// It ends with what is paid for; one that is paused ends today.
    pub(crate) fn cancel(&mut self, today: Day) {
        let paid_until = self.next_bill.filter(|_| self.status == Status::Active);
        (self.status, self.ends_on) = (Status::Cancelled, Some(paid_until.unwrap_or(today)));
        (self.next_bill, self.resumes_on, self.discount) = (None, None, None);
    }

    /// Time passes: pauses end, and bills are paid.
    pub(super) fn pass_time(&mut self, today: Day) {
        if self.resumes_on.is_some_and(|day| day <= today) {
            (self.status, self.resumes_on) = (Status::Active, None);
        }
        let every = match self.plan.interval {
            Interval::Month => 1,
            Interval::Year => 12,
        };
        // From the first of them, as a day that a month lacks comes back in the next.
        let bills = self
            .next_bill
            .into_iter()
            .flat_map(|first| (0..=u16::MAX / every).map(move |n| first.plus_months(n * every)));
        self.next_bill = bills.take(BILLS).find(|day| *day >= today).or(self.next_bill);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn subscription() -> SubscriptionRecord {
        SubscriptionRecord::active("sub_1".to_owned(), Plan::usual().swap_remove(1), day("2026-12-12"))
    }

    #[test]
    fn a_pause_puts_the_bill_off_and_ends_by_itself() {
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
    fn a_cancelled_subscription_lasts_as_long_as_it_is_paid_for() {
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
        assert_eq!(paused.ends_on, Some(day("2026-11-25")), "nothing was paid for the pause");
    }

    #[test]
    fn bills_come_around() {
        let mut monthly = subscription();
        monthly.pass_time(day("2027-03-01"));
        assert_eq!(monthly.next_bill, Some(day("2027-03-12")));
        let mut yearly = subscription();
        yearly.plan.interval = Interval::Year;
        yearly.pass_time(day("2027-03-01"));
        assert_eq!(yearly.next_bill, Some(day("2027-12-12")));
        let mut last_day = SubscriptionRecord { next_bill: Some(day("2026-01-31")), ..subscription() };
        last_day.pass_time(day("2026-03-01"));
        assert_eq!(last_day.next_bill, Some(day("2026-03-31")), "February has changed nothing");
    }
}
