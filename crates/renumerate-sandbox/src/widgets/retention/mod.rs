//! Cancel flow: choice of a subscription, reason, offer, and decision.

mod flow;
mod pages;

use std::sync::Arc;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;

use super::access::{self, AccessError, AuthorizedSession, WidgetQuery};
use super::customer::SubscriptionRecord;
use super::customers::CustomerRef;
use super::offer::{Offer, cancellable};
use super::page::{Frame, page};
use super::state::WidgetState;
use crate::domain::{Decision, SessionOutcome};
use flow::{Flow, FlowForm};
use pages::{ConfirmPage, DonePage, OfferPage, ReasonPage, ResultPage, SubscriptionsPage};

pub(super) async fn open(
    State(state): State<Arc<WidgetState>>,
    query: Result<Query<WidgetQuery>, QueryRejection>,
) -> Response {
    access::open(&state, Frame::Retention, query, |session| {
        let flow = Flow::new(session);
        if flow.is_done() {
            return Ok(flow.done());
        }
        flow.begin();
        match &flow.subscription {
            Some(subscription) if subscription.is_cancelled() => Ok(flow.done()),
            Some(_) => Ok(flow.reason()),
            None => flow.without_subscription(),
        }
    })
}

pub(super) async fn step(
    State(state): State<Arc<WidgetState>>,
    Path(step): Path<String>,
    form: Result<Form<FlowForm>, FormRejection>,
) -> Response {
    let page = form.map_err(|_| AccessError::InvalidForm).and_then(|Form(form)| {
        let session = AuthorizedSession::find(&state, Frame::Retention, &form.query())?;
        let mut flow = Flow::new(session);
        if flow.is_done() {
            return Ok(flow.done());
        }
        flow.fill(form);
        if flow.subscription.is_none() {
            return flow.without_subscription();
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

impl Flow<'_> {
    /// Lets the customer choose a subscription. In a handshake session, the first active subscription is used instead;
    /// if there is none, returns the error that the vendor documents.
    fn without_subscription(&self) -> Result<Response, AccessError> {
        let record = &self.session.record;
        match (record.is_handshake(), &record.subscription_id) {
            (true, Some(_)) => Err(AccessError::NoSubscription),
            (true, None) => Err(AccessError::NoActiveSubscription),
            (false, _) => Ok(self.choice()),
        }
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

    fn accept(&self) -> Result<Response, AccessError> {
        let offer = self.subscription.as_ref().and_then(|subscription| self.matching_offer(subscription));
        // If the offer was already accepted in another window, there may be no offer. Then the flow asks for the reason
        // again.
        offer.map_or_else(|| Ok(self.reason()), |offer| self.decide(Decision::Retained, Some(offer)))
    }

    /// Records and applies the customer's decision, unless the customer has already decided.
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
        // Keep the store locked: otherwise, a reader could see the decision before it has changed the customer.
        let after = self.session.state.customers().change(customer, &before.id, today, |subscription| {
            match (decision, offer) {
                _ if subscription.is_cancelled() => {} // cancelled in another window
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
