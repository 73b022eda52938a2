//! The cancel flow: which subscription, why, an offer, and the decision.

use std::sync::Arc;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::admission::{self, Guest, Opened, Refusal};
use super::answer::{Frame, page};
use super::book::Who;
use super::customer::SubscriptionRecord;
use super::offer::{Offer, PAUSES, cancellable};
use crate::outcome::{Decision, Reason, SessionOutcome};
use crate::router::Shared;

mod pages;

use pages::{Choice, Confirm, Done, Offered, Settled, Why};

/// How much of what a customer writes is kept, in characters.
const COMMENT_MAX: usize = 2000;

/// What the pages' forms send; each sends what it and those before it have asked.
#[derive(Deserialize)]
pub(super) struct Filled {
    session_id: Option<String>,
    subscription: Option<String>,
    reason: Option<Reason>,
    comment: Option<String>,
    months: Option<u8>,
}

pub(super) async fn open(
    State(shared): State<Arc<Shared>>,
    opened: Result<Query<Opened>, QueryRejection>,
) -> Response {
    admission::open(&shared, Frame::Retention, opened, |guest| {
        let visit = Visit::of(guest);
        if visit.is_settled() {
            return visit.settled();
        }
        visit.begin();
        match &visit.subscription {
            Some(subscription) if subscription.is_cancelled() => visit.settled(),
            Some(_) => visit.why(),
            None => visit.choice(),
        }
    })
}

pub(super) async fn step(
    State(shared): State<Arc<Shared>>,
    Path(step): Path<String>,
    filled: Result<Form<Filled>, FormRejection>,
) -> Response {
    let page = filled.map_err(|_| Refusal::Unreadable).and_then(|Form(filled)| {
        let mut visit = Visit::of(Guest::of(&shared, Frame::Retention, filled.session_id.as_deref())?);
        if visit.is_settled() {
            return Ok(visit.settled());
        }
        visit.fill(filled);
        if visit.subscription.is_none() {
            return Ok(visit.choice());
        }
        match step.as_str() {
            "reason" => Ok(visit.why()),
            "offer" => Ok(visit.offer()),
            "confirm" => Ok(visit.confirm()),
            "keep" => visit.decide(Decision::Retained, None),
            "accept" => visit.accept(),
            "cancel" => visit.decide(Decision::Cancelled, None),
            _ => Err(Refusal::Unreadable),
        }
    });
    page.unwrap_or_else(|refusal| refusal.answer(Frame::Retention))
}

/// A customer in the middle of the flow.
struct Visit<'a> {
    guest: Guest<'a>,
    /// The one that it is about, once that is known.
    subscription: Option<SubscriptionRecord>,
    reason: Option<Reason>,
    comment: String,
    months: u8,
}

impl<'a> Visit<'a> {
    fn of(guest: Guest<'a>) -> Self {
        let Guest { session, customer, .. } = &guest;
        let settled = session.outcomes.last().filter(|_| session.kind == "retention");
        let named = settled.map(|outcome| &outcome.subscription_id);
        let named = named.or(session.subscription_id.as_ref()).or(session.asked_for.as_ref());
        let subscription = match (named, cancellable(customer).as_slice()) {
            (Some(named), _) => customer.subscription(named).cloned(),
            (None, [only]) => Some((*only).clone()),
            // The page says that there is nothing to cancel.
            (None, []) => customer.subscriptions.first().cloned(),
            (None, _) => None,
        };
        Self { guest, subscription, reason: None, comment: String::new(), months: 1 }
    }

    /// The decision that a retention session is for has been made.
    fn is_settled(&self) -> bool {
        self.guest.session.kind == "retention" && !self.guest.session.outcomes.is_empty()
    }

    /// What the customer has said so far.
    fn fill(&mut self, filled: Filled) {
        let chosen = filled.subscription.and_then(|id| self.guest.customer.subscription(&id).cloned());
        self.subscription = self.subscription.take().or(chosen);
        self.reason = filled.reason;
        self.comment = filled.comment.unwrap_or_default().trim().chars().take(COMMENT_MAX).collect();
        self.months = filled.months.filter(|months| PAUSES.contains(months)).unwrap_or(1);
    }

    /// The flow begins: one decision can be made in it.
    fn begin(&self) {
        self.guest.shared.memory().mint.amend(&self.guest.id, |session| session.undecided = true);
    }

    fn choice(&self) -> Response {
        page(&Choice { visit: self, subscriptions: cancellable(&self.guest.customer) })
    }

    fn with_subscription(&self, show: impl FnOnce(&SubscriptionRecord) -> Response) -> Response {
        self.subscription.as_ref().map_or_else(|| self.choice(), show)
    }

    fn why(&self) -> Response {
        self.with_subscription(|subscription| page(&Why { visit: self, subscription }))
    }

    fn offer(&self) -> Response {
        self.with_subscription(|subscription| match self.fitting(subscription) {
            Some(offer) => page(&Offered { visit: self, subscription, offer }),
            None if self.reason.is_some() => self.confirm(),
            None => self.why(),
        })
    }

    fn confirm(&self) -> Response {
        self.with_subscription(|subscription| page(&Confirm { visit: self, subscription }))
    }

    fn settled(&self) -> Response {
        self.with_subscription(|subscription| page(&Settled { visit: self, subscription }))
    }

    fn fitting(&self, subscription: &SubscriptionRecord) -> Option<Offer> {
        let memory = self.guest.shared.memory();
        self.reason.and_then(|reason| Offer::for_reason(reason, subscription, memory.book.plans()))
    }

    fn accept(&self) -> Result<Response, Refusal> {
        let offer = self.subscription.as_ref().and_then(|subscription| self.fitting(subscription));
        // It may have been taken in another window.
        offer.map_or_else(|| Ok(self.why()), |offer| self.decide(Decision::Retained, Some(offer)))
    }

    /// Does what the customer has decided, once.
    fn decide(&self, decision: Decision, offer: Option<Offer>) -> Result<Response, Refusal> {
        let Some(before) = self.subscription.as_ref().filter(|subscription| !subscription.is_cancelled())
        else {
            return Ok(self.settled());
        };
        let outcome = SessionOutcome {
            subscription_id: before.id.clone(),
            outcome: decision,
            reason: self.reason,
            comment: (!self.comment.is_empty()).then(|| self.comment.clone()),
            offer: offer.as_ref().map(Offer::kind),
        };
        let mut memory = self.guest.shared.memory();
        let undecided =
            memory.mint.amend(&self.guest.id, |session| session.decide(outcome)).ok_or(Refusal::Unknown)?;
        if !undecided {
            drop(memory);
            return Ok(self.settled());
        }
        memory.session_changed(&self.guest.id);
        let taken = offer.as_ref().map(Offer::kind);
        let who = Who::from(&self.guest.session);
        let after = memory.book.change(who, &before.id, self.guest.today, |subscription| {
            match (decision, offer) {
                _ if subscription.is_cancelled() => {} // in another window, meanwhile
                (Decision::Cancelled, _) => subscription.cancel(self.guest.today),
                (Decision::Retained, Some(offer)) => offer.take(subscription, self.months, self.guest.today),
                (Decision::Retained, None) => {}
            }
            subscription.clone()
        });
        drop(memory);
        let subscription = &after.ok_or(Refusal::NoCustomer)?;
        Ok(page(&Done { visit: self, subscription, decision, taken }))
    }
}
