//! The `SubscriptionHub`: a customer's subscriptions, and what can be done with them.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::admission::{self, Guest, Opened, Refusal};
use super::answer::{Frame, page};
use super::book::Who;
use super::customer::SubscriptionRecord;
use super::day::Day;
use super::offer::PAUSES;
use crate::plan::Plan;
use crate::router::Shared;
use crate::seed::Status;

#[derive(Deserialize)]
pub(super) struct Filled {
    session_id: Option<String>,
    subscription: String,
    plan: Option<String>,
    months: Option<u8>,
    /// The page has its way to tell the page around it what is wanted.
    told: Option<String>,
}

#[derive(Template)]
#[template(path = "widgets/hub/subscriptions.html")]
struct Subscriptions<'a> {
    visit: &'a Guest<'a>,
    notice: String,
}

#[derive(Template)]
#[template(path = "widgets/hub/plans.html")]
struct PlanChange<'a> {
    visit: &'a Guest<'a>,
    subscription: &'a SubscriptionRecord,
    plans: Vec<Plan>,
}

#[derive(Template)]
#[template(path = "widgets/hub/pause.html")]
struct Pause<'a> {
    visit: &'a Guest<'a>,
    subscription: &'a SubscriptionRecord,
}

pub(super) async fn open(
    State(shared): State<Arc<Shared>>,
    opened: Result<Query<Opened>, QueryRejection>,
) -> Response {
    admission::open(&shared, Frame::Subscription, opened, |guest| {
        // Whoever looks at the hub again has left the cancel flow that it may have asked for.
        shared.memory().mint.amend(&guest.id, |session| {
            session.asked_for = None;
            session.within_hub = false;
        });
        guest.show(String::new())
    })
}

pub(super) async fn act(
    State(shared): State<Arc<Shared>>,
    Path(action): Path<String>,
    filled: Result<Form<Filled>, FormRejection>,
) -> Response {
    let page = filled.map_err(|_| Refusal::Unreadable).and_then(|Form(filled)| {
        let visit = Guest::of(&shared, Frame::Subscription, filled.session_id.as_deref())?;
        let subscription = visit.customer.subscription(&filled.subscription);
        let subscription = subscription.ok_or(Refusal::Unreadable)?.clone();
        // What has been cancelled in another window stays so.
        if subscription.is_cancelled() {
            return Ok(visit.show(String::new()));
        }
        match action.as_str() {
            "plans" => Ok(visit.plans(&subscription)),
            "pausing" => Ok(page(&Pause { visit: &visit, subscription: &subscription })),
            "plan" => visit.change_plan(&subscription, filled.plan.as_deref()),
            "pause" => visit.pause(&subscription, filled.months),
            "resume" => visit.resume(&subscription),
            "cancel" => Ok(visit.ask_to_cancel(&subscription, filled.told.is_some())),
            _ => Err(Refusal::Unreadable),
        }
    });
    page.unwrap_or_else(|refusal| refusal.answer(Frame::Subscription))
}

impl Guest<'_> {
    fn show(&self, notice: String) -> Response {
        page(&Subscriptions { visit: self, notice })
    }

    fn plans(&self, subscription: &SubscriptionRecord) -> Response {
        let plans = self.shared.memory().book.plans().to_vec();
        page(&PlanChange { visit: self, subscription, plans })
    }

    /// Does it, and shows the hub as it is then, with what was done.
    fn done(
        &self,
        subscription: &SubscriptionRecord,
        change: impl FnOnce(&mut SubscriptionRecord) -> String,
    ) -> Result<Response, Refusal> {
        let who = Who::from(&self.session);
        let change = |subscription: &mut SubscriptionRecord| {
            // It may have been cancelled in another window, meanwhile.
            if subscription.is_cancelled() { String::new() } else { change(subscription) }
        };
        let notice = self.shared.memory().book.change(who, &subscription.id, self.today, change);
        let after = Guest::of(self.shared, Frame::Subscription, Some(&self.id))?;
        Ok(after.show(notice.unwrap_or_default()))
    }

    fn change_plan(
        &self,
        subscription: &SubscriptionRecord,
        plan: Option<&str>,
    ) -> Result<Response, Refusal> {
        let chosen =
            self.shared.memory().book.plans().iter().find(|known| Some(known.id.as_str()) == plan).cloned();
        let chosen = chosen.ok_or(Refusal::Unreadable)?;
        self.done(subscription, |subscription| {
            let notice = format!("{} is now {}, {}.", subscription.plan.name, chosen.name, chosen.price(0));
            subscription.change_plan(chosen);
            notice
        })
    }

    fn pause(&self, subscription: &SubscriptionRecord, months: Option<u8>) -> Result<Response, Refusal> {
        let months = months.filter(|months| PAUSES.contains(months)).ok_or(Refusal::Unreadable)?;
        self.done(subscription, |subscription| {
            subscription.pause(months, self.today);
            let until = subscription.resumes_on.map_or_else(String::new, Day::in_words);
            format!("{} is paused until {until}.", subscription.plan.name)
        })
    }

    fn resume(&self, subscription: &SubscriptionRecord) -> Result<Response, Refusal> {
        self.done(subscription, |subscription| {
            subscription.resume(self.today);
            format!("{} goes on from today.", subscription.plan.name)
        })
    }

    /// Takes down which subscription the cancel flow will be about.
    fn ask_to_cancel(&self, subscription: &SubscriptionRecord, told: bool) -> Response {
        let wanted = Some(subscription.id.clone());
        self.shared.memory().mint.amend(&self.id, |session| {
            session.asked_for = wanted;
            session.within_hub = !told;
        });
        if told {
            return StatusCode::NO_CONTENT.into_response();
        }
        // Ids are of letters that need no escape in a query.
        Redirect::to(&format!("/retention?session_id={}", self.id)).into_response()
    }
}
