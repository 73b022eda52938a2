//! Pages of the cancel flow.

use askama::Template;

use super::flow::Flow;
use crate::domain::{Decision, OfferKind, Reason, Status};
use crate::widgets::customer::SubscriptionRecord;
use crate::widgets::offer::{Offer, PAUSES};

/// Page to choose a subscription.
#[derive(Template)]
#[template(path = "widgets/retention/subscriptions.html")]
pub(super) struct SubscriptionsPage<'a> {
    pub(super) flow: &'a Flow<'a>,
    pub(super) subscriptions: Vec<&'a SubscriptionRecord>,
}

/// Page to choose a reason.
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

/// Page to confirm the cancellation.
#[derive(Template)]
#[template(path = "widgets/retention/confirm.html")]
pub(super) struct ConfirmPage<'a> {
    pub(super) flow: &'a Flow<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
}

/// Page with the result of the decision.
#[derive(Template)]
#[template(path = "widgets/retention/result.html")]
pub(super) struct ResultPage<'a> {
    pub(super) flow: &'a Flow<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
    pub(super) decision: Decision,
    pub(super) accepted: Option<OfferKind>,
}

/// Page of a session whose decision was made earlier.
#[derive(Template)]
#[template(path = "widgets/retention/done.html")]
pub(super) struct DonePage<'a> {
    pub(super) flow: &'a Flow<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
}
