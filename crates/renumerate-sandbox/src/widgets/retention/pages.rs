//! Pages of the cancel flow.

use askama::Template;

use super::flow::Flow;
use crate::domain::{Decision, OfferKind, Reason, Status};
use crate::widgets::customer::SubscriptionRecord;
use crate::widgets::offer::{Offer, PAUSES};

/// Page on which the customer chooses the subscription to cancel.
#[derive(Template)]
#[template(path = "widgets/retention/subscriptions.html")]
pub(super) struct SubscriptionsPage<'a> {
    pub(super) flow: &'a Flow<'a>,
    pub(super) subscriptions: Vec<&'a SubscriptionRecord>,
}

/// Page on which the customer chooses a reason for the cancellation.
#[derive(Template)]
#[template(path = "widgets/retention/reason.html")]
pub(super) struct ReasonPage<'a> {
    pub(super) flow: &'a Flow<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
}

impl ReasonPage<'_> {
    const REASONS: [(Reason, &'static str); 6] = [
        (Reason::TooExpensive, "It costs too much"),
        (Reason::NotUsed, "I don't use it enough"),
        (Reason::MissingFeature, "It lacks something I need"),
        (Reason::TooMuch, "I need less than it has"),
        (Reason::Switching, "I'm switching to something else"),
        (Reason::Other, "Another reason"),
    ];
}

/// Page with an offer.
#[derive(Template)]
#[template(path = "widgets/retention/offer.html")]
pub(super) struct OfferPage<'a> {
    pub(super) flow: &'a Flow<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
    pub(super) offer: Offer,
}

/// Page on which the customer confirms the cancellation.
#[derive(Template)]
#[template(path = "widgets/retention/confirm.html")]
pub(super) struct ConfirmPage<'a> {
    pub(super) flow: &'a Flow<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
}

/// Page that shows the result of the customer's decision.
#[derive(Template)]
#[template(path = "widgets/retention/result.html")]
pub(super) struct ResultPage<'a> {
    pub(super) flow: &'a Flow<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
    pub(super) decision: Decision,
    pub(super) accepted: Option<OfferKind>,
}

/// Page that is shown if the decision was made earlier, or if the subscription is already cancelled.
#[derive(Template)]
#[template(path = "widgets/retention/done.html")]
pub(super) struct DonePage<'a> {
    pub(super) flow: &'a Flow<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
}
