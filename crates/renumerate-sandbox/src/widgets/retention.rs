//! The cancel flow: choice of a subscription, reason, offer, and decision.

use std::sync::Arc;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::WidgetState;
use super::access::{self, AccessError, AuthorizedSession, WidgetQuery};
use super::customer::SubscriptionRecord;
use super::customers::CustomerRef;
use super::offer::{Offer, PAUSES, cancellable};
use super::page::{Frame, page};
use crate::domain::{Decision, Reason, SessionOutcome};

mod pages;

use pages::{ConfirmPage, DonePage, OfferPage, ReasonPage, ResultPage, SubscriptionsPage};

/// Maximum length of a comment in characters.
const COMMENT_MAX: usize = 2000;

/// Form of a page. It contains the input of the previous pages too.
#[derive(Deserialize)]
pub(super) struct FlowForm {
    session_id: Option<String>,
    subscription: Option<String>,
    reason: Option<Reason>,
    comment: Option<String>,
    months: Option<u8>,
}

pub(super) async fn open(
    State(state): State<Arc<WidgetState>>,
    query: Result<Query<WidgetQuery>, QueryRejection>,
) -> Response {
    access::open(&state, Frame::Retention, query, |session| {
        let flow = Flow::new(session);
        if flow.is_done() {
            return flow.done();
        }
        flow.begin();
        match &flow.subscription {
            Some(subscription) if subscription.is_cancelled() => flow.done(),
            Some(_) => flow.reason(),
            None => flow.choice(),
        }
    })
}

pub(super) async fn step(
    State(state): State<Arc<WidgetState>>,
    Path(step): Path<String>,
    form: Result<Form<FlowForm>, FormRejection>,
) -> Response {
    let page = form.map_err(|_| AccessError::InvalidForm).and_then(|Form(form)| {
        let session = AuthorizedSession::find(&state, Frame::Retention, form.session_id.as_deref())?;
        let mut flow = Flow::new(session);
        if flow.is_done() {
            return Ok(flow.done());
        }
        flow.fill(form);
        if flow.subscription.is_none() {
            return Ok(flow.choice());
        }
        match step.as_str() {
            "reason" => Ok(flow.reason()),
            "offer" => Ok(flow.offer()),
            "confirm" => Ok(flow.confirm()),
            "keep" => flow.decide(Decision::Retained, None),
            "accept" => flow.accept(),
            "cancel" => flow.decide(Decision::Cancelled, None),
            _ => Err(AccessError::InvalidForm),
        }
    });
    page.unwrap_or_else(|error| error.response(Frame::Retention))
}

/// State of the cancel flow of a customer.
struct Flow<'a> {
    session: AuthorizedSession<'a>,
    /// Subscription to cancel, once it is known.
    subscription: Option<SubscriptionRecord>,
    reason: Option<Reason>,
    comment: String,
    months: u8,
}

impl<'a> Flow<'a> {
    fn new(session: AuthorizedSession<'a>) -> Self {
        let AuthorizedSession { record, customer, .. } = &session;
        let decided = record.outcomes.last().filter(|_| record.kind == "retention");
        let named = decided.map(|outcome| &outcome.subscription_id);
        let named = named.or(record.subscription_id.as_ref()).or(record.cancel_requested.as_ref());
        let subscription = match (named, cancellable(customer).as_slice()) {
            (Some(named), _) => customer.subscription(named).cloned(),
            (None, [only]) => Some((*only).clone()),
            // The page states that there is nothing to cancel.
            (None, []) => customer.subscriptions.first().cloned(),
            (None, _) => None,
        };
        Self { session, subscription, reason: None, comment: String::new(), months: 1 }
    }

    /// Whether the decision of a retention session was made.
    fn is_done(&self) -> bool {
        let record = &self.session.record;
        record.kind == "retention" && !record.outcomes.is_empty()
    }

    /// Adds the customer's input.
    fn fill(&mut self, form: FlowForm) {
        let chosen = form.subscription.and_then(|id| self.session.customer.subscription(&id).cloned());
        self.subscription = self.subscription.take().or(chosen);
        self.reason = form.reason;
        self.comment = form.comment.unwrap_or_default().trim().chars().take(COMMENT_MAX).collect();
        self.months = form.months.filter(|months| PAUSES.contains(months)).unwrap_or(1);
    }

    /// Starts the flow, which allows one decision.
    fn begin(&self) {
        self.session.state.app.store().update_session(&self.session.id, |record| record.undecided = true);
    }

    fn choice(&self) -> Response {
        page(&SubscriptionsPage { flow: self, subscriptions: cancellable(&self.session.customer) })
    }

    fn with_subscription(&self, show: impl FnOnce(&SubscriptionRecord) -> Response) -> Response {
        self.subscription.as_ref().map_or_else(|| self.choice(), show)
    }

    fn reason(&self) -> Response {
        self.with_subscription(|subscription| page(&ReasonPage { flow: self, subscription }))
    }

    fn offer(&self) -> Response {
        self.with_subscription(|subscription| match self.matching_offer(subscription) {
            Some(offer) => page(&OfferPage { flow: self, subscription, offer }),
            None if self.reason.is_some() => self.confirm(),
            None => self.reason(),
        })
    }

    fn confirm(&self) -> Response {
        self.with_subscription(|subscription| page(&ConfirmPage { flow: self, subscription }))
    }

    fn done(&self) -> Response {
        self.with_subscription(|subscription| page(&DonePage { flow: self, subscription }))
    }

    fn matching_offer(&self, subscription: &SubscriptionRecord) -> Option<Offer> {
        let customers = self.session.state.customers();
        self.reason.and_then(|reason| Offer::for_reason(reason, subscription, customers.plans()))
    }

    fn accept(&self) -> Result<Response, AccessError> {
        let offer = self.subscription.as_ref().and_then(|subscription| self.matching_offer(subscription));
        // The offer may have been accepted in another window.
        offer.map_or_else(|| Ok(self.reason()), |offer| self.decide(Decision::Retained, Some(offer)))
    }

    /// Applies the customer's decision, once.
    fn decide(&self, decision: Decision, offer: Option<Offer>) -> Result<Response, AccessError> {
        let Some(before) = self.subscription.as_ref().filter(|subscription| !subscription.is_cancelled())
        else {
            return Ok(self.done());
        };
        let outcome = SessionOutcome {
            subscription_id: before.id.clone(),
            outcome: decision,
            reason: self.reason,
            comment: (!self.comment.is_empty()).then(|| self.comment.clone()),
            offer: offer.as_ref().map(Offer::kind),
        };
        let mut store = self.session.state.app.store();
        let id = &self.session.id;
        let undecided =
            store.update_session(id, |record| record.decide(outcome)).ok_or(AccessError::Unknown)?;
        if !undecided {
            drop(store);
            return Ok(self.done());
        }
        store.session_changed(&id.as_str().into());
        let accepted = offer.as_ref().map(Offer::kind);
        let customer = CustomerRef::from(&self.session.record);
        let today = self.session.today;
        // The store stays locked, so that nobody sees the decision without its effect.
        let after = self.session.state.customers().change(customer, &before.id, today, |subscription| {
            match (decision, offer) {
                _ if subscription.is_cancelled() => {} // in another window
                (Decision::Cancelled, _) => subscription.cancel(today),
                (Decision::Retained, Some(offer)) => offer.apply(subscription, self.months, today),
                (Decision::Retained, None) => {}
            }
            subscription.clone()
        });
        drop(store);
        let subscription = &after.ok_or(AccessError::NoCustomer)?;
        Ok(page(&ResultPage { flow: self, subscription, decision, accepted }))
    }
}
