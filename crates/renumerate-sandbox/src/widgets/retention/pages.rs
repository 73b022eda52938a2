//! The pages of the cancel flow.

use askama::Template;

use super::Visit;
use crate::outcome::{Decision, OfferKind, Reason};
use crate::seed::Status;
use crate::widgets::customer::SubscriptionRecord;
use crate::widgets::offer::{Offer, PAUSES};

/// Which subscription is it about?
#[derive(Template)]
#[template(path = "widgets/retention/choice.html")]
pub(super) struct Choice<'a> {
    pub(super) visit: &'a Visit<'a>,
    pub(super) subscriptions: Vec<&'a SubscriptionRecord>,
}

/// Why does the customer want to leave?
#[derive(Template)]
#[template(path = "widgets/retention/why.html")]
pub(super) struct Why<'a> {
    pub(super) visit: &'a Visit<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
}

impl Why<'_> {
    const REASONS: [(Reason, &'static str); 6] = [
        (Reason::TooExpensive, "It costs too much"),
        (Reason::NotUsed, "I don't use it enough"),
        (Reason::MissingFeature, "It lacks something I need"),
        (Reason::TooMuch, "I need less than it has"),
        (Reason::Switching, "I'm switching to something else"),
        (Reason::Other, "Another reason"),
    ];
}

/// What about this instead?
#[derive(Template)]
#[template(path = "widgets/retention/offer.html")]
pub(super) struct Offered<'a> {
    pub(super) visit: &'a Visit<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
    pub(super) offer: Offer,
}

/// Is the customer sure?
#[derive(Template)]
#[template(path = "widgets/retention/confirm.html")]
pub(super) struct Confirm<'a> {
    pub(super) visit: &'a Visit<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
}

/// What has been done.
#[derive(Template)]
#[template(path = "widgets/retention/done.html")]
pub(super) struct Done<'a> {
    pub(super) visit: &'a Visit<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
    pub(super) decision: Decision,
    pub(super) taken: Option<OfferKind>,
}

/// What was done before.
#[derive(Template)]
#[template(path = "widgets/retention/settled.html")]
pub(super) struct Settled<'a> {
    pub(super) visit: &'a Visit<'a>,
    pub(super) subscription: &'a SubscriptionRecord,
}
