//! Offers for customers who want to cancel.

use super::customer::{CustomerRecord, Discount, SubscriptionRecord};
use super::day::Day;
use crate::domain::{OfferKind, Plan, Reason, Status};

/// Discount that the cancel flow offers.
const DISCOUNT: Discount = Discount { percent: 30, months: 3 };

/// Possible durations of a pause in months.
pub(super) const PAUSES: [u8; 3] = [1, 2, 3];

/// Offer that the customer can accept instead of the cancellation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    Discount(Discount),
    Pause,
    Plan(Plan),
}

impl Offer {
    /// Returns the offer for a reason; `None` if no offer is left. Skips offers that do not fit the subscription, such
    /// as a second discount or a pause of a paused subscription.
    pub(super) fn for_reason(
        reason: Reason,
        subscription: &SubscriptionRecord,
        plans: &[Plan],
    ) -> Option<Self> {
        let discount = || subscription.discount.is_none().then_some(Self::Discount(DISCOUNT));
        let pause = || (subscription.status == Status::Active).then_some(Self::Pause);
        let Plan { amount: cost, currency, interval, .. } = &subscription.plan;
        let comparable =
            || plans.iter().filter(|plan| plan.currency == *currency && plan.interval == *interval);
        let cheaper = || {
            let cheaper = comparable().filter(|plan| plan.amount < *cost);
            cheaper.max_by_key(|plan| plan.amount).cloned().map(Self::Plan)
        };
        let more_expensive = || {
            let more_expensive = comparable().filter(|plan| plan.amount > *cost);
            more_expensive.min_by_key(|plan| plan.amount).cloned().map(Self::Plan)
        };
        match reason {
            Reason::TooExpensive | Reason::Switching => discount().or_else(cheaper).or_else(pause),
            Reason::NotUsed => pause().or_else(cheaper).or_else(discount),
            Reason::MissingFeature => more_expensive().or_else(discount),
            Reason::TooMuch => cheaper().or_else(pause).or_else(discount),
            Reason::Other => pause().or_else(discount),
        }
    }

    pub(super) fn kind(&self) -> OfferKind {
        match self {
            Self::Discount(_) => OfferKind::Discount,
            Self::Pause => OfferKind::Pause,
            Self::Plan(_) => OfferKind::Plan,
        }
    }

    /// Applies the offer to a subscription. If the offer is a pause, `months` is the duration of the pause.
    pub(super) fn apply(self, subscription: &mut SubscriptionRecord, months: u8, today: Day) {
        match self {
            Self::Discount(discount) => subscription.discount(discount),
            Self::Pause => subscription.pause(months, today),
            Self::Plan(plan) => subscription.change_plan(plan),
        }
    }
}

/// Returns the subscriptions that can be cancelled.
pub(super) fn cancellable(customer: &CustomerRecord) -> Vec<&SubscriptionRecord> {
    customer.subscriptions.iter().filter(|subscription| !subscription.is_cancelled()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offer_fits_the_reason_and_changes_the_subscription() {
        let plans = Plan::defaults();
        let today = Day::parse("2026-11-23").unwrap();
        let mut subscription = SubscriptionRecord::active("sub_1".to_owned(), plans[1].clone(), today);
        let offer = |reason, subscription: &SubscriptionRecord| {
            Offer::for_reason(reason, subscription, &plans).unwrap()
        };
        let plan = |index: usize| Offer::Plan(plans[index].clone());
        assert_eq!(offer(Reason::TooExpensive, &subscription), Offer::Discount(DISCOUNT));
        assert_eq!(offer(Reason::NotUsed, &subscription), Offer::Pause);
        assert_eq!(offer(Reason::MissingFeature, &subscription), plan(2));
        assert_eq!(offer(Reason::TooMuch, &subscription), plan(0));
        assert_eq!(offer(Reason::Other, &subscription), Offer::Pause);
        Offer::Discount(DISCOUNT).apply(&mut subscription, 0, today);
        assert_eq!(offer(Reason::TooExpensive, &subscription), plan(0));
        Offer::Pause.apply(&mut subscription, 2, today);
        assert_eq!(Offer::for_reason(Reason::Other, &subscription, &plans), None);
        Offer::Plan(plans[0].clone()).apply(&mut subscription, 0, today);
        assert_eq!(Offer::for_reason(Reason::NotUsed, &subscription, &plans), None);
        assert_eq!(subscription.plan, plans[0]);
    }
}
