//! State of the cancel flow.

use serde::Deserialize;

use crate::domain::Reason;
use crate::widgets::access::{AuthorizedSession, WidgetQuery};
use crate::widgets::customer::SubscriptionRecord;
use crate::widgets::offer::{Offer, PAUSES, cancellable};

/// Maximum length of the customer's comment, in characters. The rest is cut off.
const COMMENT_MAX: usize = 2000;

/// Form that a page of the cancel flow sends. The form also contains the customer's input from the previous pages.
#[derive(Deserialize)]
pub(crate) struct FlowForm {
    session_id: Option<String>,
    frame: Option<String>,
    subscription: Option<String>,
    reason: Option<Reason>,
    comment: Option<String>,
    months: Option<u8>,
}

impl FlowForm {
    pub(super) fn query(&self) -> WidgetQuery {
        let Self { session_id, frame, subscription, .. } = self;
        WidgetQuery {
            session_id: session_id.clone(),
            subscription_id: subscription.clone(),
            frame: frame.clone(),
        }
    }
}

/// State of the cancel flow of a customer.
pub(super) struct Flow<'a> {
    pub(super) session: AuthorizedSession<'a>,
    /// Subscription to cancel; `None` until it is known.
    pub(super) subscription: Option<SubscriptionRecord>,
    pub(super) reason: Option<Reason>,
    pub(super) comment: String,
    pub(super) months: u8,
}

impl<'a> Flow<'a> {
    pub(super) fn new(session: AuthorizedSession<'a>) -> Self {
        let AuthorizedSession { record, customer, within_hub, .. } = &session;
        // The library passes the subscription of a handshake session, unless the flow opens in the frame of the hub.
        let requested = record.cancel_requested.as_ref().filter(|_| *within_hub || !record.is_handshake());
        let decided = record.outcomes.last().filter(|_| record.kind == "retention");
        let named = decided.map(|outcome| &outcome.subscription_id);
        let named = named.or(record.subscription_id.as_ref()).or(requested);
        let subscription = match (named, cancellable(customer).as_slice()) {
            (Some(named), _) => customer.subscription(named).cloned(),
            (None, [only]) => Some((*only).clone()),
            (None, all) if record.is_handshake() => all.first().map(|first| (*first).clone()),
            // Nothing can be cancelled. The flow shows a subscription that was cancelled earlier, if there is one.
            (None, []) => customer.subscriptions.first().cloned(),
            (None, _) => None,
        };
        Self { session, subscription, reason: None, comment: String::new(), months: 1 }
    }

    /// Returns whether this is a retention session in which the customer has already decided.
    pub(super) fn is_done(&self) -> bool {
        let record = &self.session.record;
        record.kind == "retention" && !record.outcomes.is_empty()
    }

    /// Adds the customer's input from a form.
    pub(super) fn fill(&mut self, form: FlowForm) {
        let chosen = form.subscription.and_then(|id| self.session.customer.subscription(&id).cloned());
        self.subscription = self.subscription.take().or(chosen);
        self.reason = form.reason;
        self.comment = form.comment.unwrap_or_default().trim().chars().take(COMMENT_MAX).collect();
        self.months = form.months.filter(|months| PAUSES.contains(months)).unwrap_or(1);
    }

    /// Starts the flow. The customer can then make one decision.
    pub(super) fn begin(&self) {
        let subscription = self.subscription.as_ref().map(|subscription| subscription.id.as_str());
        self.session
            .state
            .app
            .store()
            .update_session(&self.session.id, |record| record.open_flow(subscription));
    }

    pub(super) fn matching_offer(&self, subscription: &SubscriptionRecord) -> Option<Offer> {
        let customers = self.session.state.customers();
        self.reason.and_then(|reason| Offer::for_reason(reason, subscription, customers.plans()))
    }
}
