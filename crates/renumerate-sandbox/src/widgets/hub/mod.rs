//! The `SubscriptionHub`: the subscriptions of a customer, and the actions on them.

pub(super) mod invoices;
pub(super) mod payment_method;
mod promo_code;

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::domain::{Plan, Status};
use crate::widgets::access::{self, AccessError, AuthorizedSession, WITHIN_HUB, WidgetQuery};
use crate::widgets::customer::SubscriptionRecord;
use crate::widgets::customers::CustomerRef;
use crate::widgets::day::Day;
use crate::widgets::offer::PAUSES;
use crate::widgets::page::{Frame, page};
use crate::widgets::state::WidgetState;

/// Form that a page of the hub sends for an action on a subscription.
#[derive(Deserialize)]
pub(super) struct HubForm {
    session_id: Option<String>,
    subscription: String,
    plan: Option<String>,
    months: Option<u8>,
    code: Option<String>,
    /// Present if the embedding page will open the cancel flow.
    #[serde(rename = "told")]
    parent_opens_flow: Option<String>,
}

#[derive(Template)]
#[template(path = "widgets/hub/subscriptions.html")]
struct HubPage<'a> {
    session: &'a AuthorizedSession<'a>,
    notice: &'a str,
}

#[derive(Template)]
#[template(path = "widgets/hub/plans.html")]
struct PlansPage<'a> {
    session: &'a AuthorizedSession<'a>,
    subscription: &'a SubscriptionRecord,
    plans: Vec<Plan>,
}

#[derive(Template)]
#[template(path = "widgets/hub/pause.html")]
struct PausePage<'a> {
    session: &'a AuthorizedSession<'a>,
    subscription: &'a SubscriptionRecord,
}

pub(super) async fn open(
    State(state): State<Arc<WidgetState>>,
    query: Result<Query<WidgetQuery>, QueryRejection>,
) -> Response {
    access::open(&state, Frame::Subscription, query, |session| {
        // The customer may have requested the cancel flow in the hub earlier. Opening the hub again withdraws that
        // request.
        state.app.store().update_session(&session.id, |record| record.cancel_requested = None);
        Ok(session.show(""))
    })
}

pub(super) async fn act(
    State(state): State<Arc<WidgetState>>,
    Path(action): Path<String>,
    form: Result<Form<HubForm>, FormRejection>,
) -> Response {
    let page = form.map_err(|_| AccessError::InvalidForm).and_then(|Form(form)| {
        let query = WidgetQuery { session_id: form.session_id, ..WidgetQuery::default() };
        let session = AuthorizedSession::find(&state, Frame::Subscription, &query)?;
        let subscription = session.customer.subscription(&form.subscription);
        let subscription = subscription.ok_or(AccessError::InvalidForm)?.clone();
        // The subscription may have been cancelled in another window.
        if subscription.is_cancelled() {
            return Ok(session.show(""));
        }
        match action.as_str() {
            "plans" => Ok(session.plans(&subscription)),
            "pausing" => Ok(page(&PausePage { session: &session, subscription: &subscription })),
            "plan" => session.change_plan(&subscription, form.plan.as_deref()),
            "promo-code" => Ok(session.promo_code(&subscription)),
            "redeem" => session.redeem(&subscription, form.code.as_deref()),
            "pause" => session.pause(&subscription, form.months),
            "resume" => session.resume(&subscription),
            "cancel" => Ok(session.request_cancellation(&subscription, form.parent_opens_flow.is_some())),
            _ => Err(AccessError::InvalidForm),
        }
    });
    page.unwrap_or_else(|error| error.response(Frame::Subscription))
}

impl AuthorizedSession<'_> {
    fn show(&self, notice: &str) -> Response {
        page(&HubPage { session: self, notice })
    }

    /// Returns the hub with the current state of the customer, which may have changed since this session was found.
    fn show_current(&self, notice: &str) -> Result<Response, AccessError> {
        let query = WidgetQuery { session_id: Some(self.id.clone()), ..WidgetQuery::default() };
        Ok(AuthorizedSession::find(self.state, Frame::Subscription, &query)?.show(notice))
    }

    fn plans(&self, subscription: &SubscriptionRecord) -> Response {
        let plans = self.state.customers().plans().to_vec();
        page(&PlansPage { session: self, subscription, plans })
    }

    /// Changes a subscription, and returns the hub with the new state and a notice.
    fn change(
        &self,
        subscription: &SubscriptionRecord,
        change: impl FnOnce(&mut SubscriptionRecord) -> String,
    ) -> Result<Response, AccessError> {
        let customer = CustomerRef::from(&self.record);
        let change = |subscription: &mut SubscriptionRecord| {
            // The subscription may have been cancelled in another window in the meantime.
            if subscription.is_cancelled() { String::new() } else { change(subscription) }
        };
        let notice = self.state.customers().change(customer, &subscription.id, self.today, change);
        self.show_current(&notice.unwrap_or_default())
    }

    fn change_plan(
        &self,
        subscription: &SubscriptionRecord,
        plan: Option<&str>,
    ) -> Result<Response, AccessError> {
        let chosen =
            self.state.customers().plans().iter().find(|known| Some(known.id.as_str()) == plan).cloned();
        let chosen = chosen.ok_or(AccessError::InvalidForm)?;
        self.change(subscription, |subscription| {
            let notice = format!("{} is now {}, {}.", subscription.plan.name, chosen.name, chosen.price(0));
            subscription.change_plan(chosen);
            notice
        })
    }

    fn pause(&self, subscription: &SubscriptionRecord, months: Option<u8>) -> Result<Response, AccessError> {
        let months = months.filter(|months| PAUSES.contains(months)).ok_or(AccessError::InvalidForm)?;
        self.change(subscription, |subscription| {
            subscription.pause(months, self.today);
            let until = subscription.resumes_on.map_or_else(String::new, Day::in_words);
            format!("{} is paused until {until}.", subscription.plan.name)
        })
    }

    fn resume(&self, subscription: &SubscriptionRecord) -> Result<Response, AccessError> {
        self.change(subscription, |subscription| {
            subscription.resume(self.today);
            format!("{} is active again from today.", subscription.plan.name)
        })
    }

    /// Records that the customer has requested the cancel flow for this subscription. Unless the embedding page opens
    /// the flow, redirects the hub's frame to the flow.
    fn request_cancellation(&self, subscription: &SubscriptionRecord, parent_opens_flow: bool) -> Response {
        let requested = Some(subscription.id.clone());
        self.state.app.store().update_session(&self.id, |record| record.cancel_requested = requested);
        if parent_opens_flow {
            return StatusCode::NO_CONTENT.into_response();
        }
        // Session ids contain no characters that need escaping in a query.
        Redirect::to(&format!("/retention?session_id={}&frame={WITHIN_HUB}", self.id)).into_response()
    }
}
