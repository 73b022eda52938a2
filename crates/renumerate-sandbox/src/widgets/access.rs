//! Access to the widgets: checks the session id, and finds the session's customer.

use std::time::Duration;

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::customer::CustomerRecord;
use super::customers::CustomerRef;
use super::day::Day;
use super::page::{Frame, page_with};
use super::state::WidgetState;
use crate::contract::SessionRequest;
use crate::domain::Seed;
use crate::state::SessionRecord;

/// Reason why a widget does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AccessError {
    Missing,
    Unknown,
    Expired,
    WrongKind,
    NoCustomer,
    NoActiveSubscription,
    NoSubscription,
    /// The form contains input that no page of the widgets can send.
    InvalidForm,
}

/// Query parameters in the URL of a widget. The forms of a widget have the same parameters.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct WidgetQuery {
    pub(super) session_id: Option<String>,
    /// Subscription to cancel. Only a handshake session can have it here; other sessions have it in their request.
    pub(super) subscription_id: Option<String>,
    /// [`WITHIN_HUB`] if the cancel flow opens in the frame of the `SubscriptionHub`.
    pub(super) frame: Option<String>,
}

/// Value of the parameter `frame` in the URL to which the `SubscriptionHub` redirects its frame.
pub(super) const WITHIN_HUB: &str = "subscription";

/// Returns the page that `show` creates for the session id in the widget's URL, or an error page if the session may not
/// open the widget.
pub(super) fn open(
    state: &WidgetState,
    frame: Frame,
    query: Result<Query<WidgetQuery>, QueryRejection>,
    show: impl FnOnce(AuthorizedSession<'_>) -> Result<Response, AccessError>,
) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let session = AuthorizedSession::find(state, frame, &query);
    session.and_then(show).unwrap_or_else(|error| error.response(frame))
}

/// Session that may open a widget, and the customer of the session.
pub(super) struct AuthorizedSession<'a> {
    pub(super) state: &'a WidgetState,
    /// Id of the session.
    pub(super) id: String,
    /// Record of the session. If it is a handshake session, the subscription is that of the request.
    pub(super) record: SessionRecord,
    /// Whether the cancel flow is in the frame of the `SubscriptionHub`.
    pub(super) within_hub: bool,
    pub(super) customer: CustomerRecord,
    pub(super) today: Day,
}

impl<'a> AuthorizedSession<'a> {
    pub(super) fn find(
        state: &'a WidgetState,
        frame: Frame,
        query: &WidgetQuery,
    ) -> Result<Self, AccessError> {
        let id = query.session_id.as_deref().filter(|id| !id.is_empty()).ok_or(AccessError::Missing)?;
        let mut record = authorize(state, frame, id)?;
        if record.is_handshake() && frame == Frame::Retention {
            record.subscription_id = query.subscription_id.clone().filter(|id| !id.is_empty());
            check_subscription(state, &record)?;
        }
        let today = Day::today();
        let customer = state
            .customers()
            .find_and_store(CustomerRef::from(&record), today)
            .ok_or(AccessError::NoCustomer)?;
        let within_hub = query.frame.as_deref() == Some(WITHIN_HUB);
        Ok(Self { state, id: id.to_owned(), record, within_hub, customer, today })
    }
}

impl AuthorizedSession<'_> {
    /// Returns the name that the vendor's messages use for the frame in which the cancel flow is shown.
    pub(super) fn frame(&self) -> &'static str {
        let frame = if self.within_hub { Frame::Subscription } else { Frame::Retention };
        frame.name()
    }
}

/// Returns the session with this id if the session may open the widget now; otherwise the reason why not.
fn authorize(state: &WidgetState, frame: Frame, id: &str) -> Result<SessionRecord, AccessError> {
    let session = state.app.store().sessions().get(id).cloned().ok_or(AccessError::Unknown)?;
    if Duration::from_millis(state.app.now_ms().saturating_sub(session.at_ms)) >= state.app.session_lifetime()
    {
        return Err(AccessError::Expired);
    }
    // Sessions of each kind open the cancel flow, but retention sessions do not open the SubscriptionHub.
    if frame == Frame::Subscription && session.kind == "retention" {
        return Err(AccessError::WrongKind);
    }
    Ok(session)
}

/// Checks that the seed, if there is one, has the subscription of a session.
fn check_subscription(state: &WidgetState, session: &SessionRecord) -> Result<(), AccessError> {
    let SessionRecord { customer_id, customer_email, subscription_id, .. } = session.clone();
    let request = SessionRequest { customer_id, customer_email, subscription_id };
    let is_missing = |seed: &Seed| request.subscription_id.is_some() && seed.missing(&request).is_some();
    if state.app.settings.seed.as_ref().is_some_and(is_missing) {
        return Err(AccessError::NoSubscription);
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "widgets/error.html")]
struct ErrorPage {
    frame: &'static str,
    reason: &'static str,
}

impl AccessError {
    /// Returns the error page. The page's script sends the vendor's `catastrophic-failure` message to the embedding
    /// page.
    pub(super) fn response(self, frame: Frame) -> Response {
        let (status, reason) = match self {
            Self::Missing => (StatusCode::BAD_REQUEST, "The URL contains no session id."),
            Self::Unknown => (
                StatusCode::NOT_FOUND,
                "This sandbox has not created a session with this id. It knows only its own sessions, and deletes \
                 them when it stops.",
            ),
            Self::Expired => {
                (StatusCode::GONE, "This session has expired. Create a new one when the customer clicks.")
            }
            Self::WrongKind => (
                StatusCode::BAD_REQUEST,
                "This is the id of a retention session (ret_…). The SubscriptionHub needs a subscription session \
                 (sub_…).",
            ),
            Self::NoCustomer => {
                (StatusCode::NOT_FOUND, "The customer of this session is not in the seed file.")
            }
            Self::NoActiveSubscription => (
                StatusCode::NOT_FOUND,
                "No active subscription: each subscription of this customer is cancelled, or there is none.",
            ),
            Self::NoSubscription => (
                StatusCode::NOT_FOUND,
                "Subscription not found: the customer of this session has no subscription with this id.",
            ),
            Self::InvalidForm => (StatusCode::BAD_REQUEST, "This form is invalid."),
        };
        page_with(status, &ErrorPage { frame: frame.name(), reason })
    }
}
