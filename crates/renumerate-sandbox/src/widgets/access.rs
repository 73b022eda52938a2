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
use crate::state::SessionRecord;

/// Reason why a widget does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AccessError {
    Missing,
    Unknown,
    Expired,
    WrongKind,
    NoCustomer,
    /// The form contains input that no page of the widgets can send.
    InvalidForm,
}

/// Query parameters in the URL of a widget.
#[derive(Deserialize)]
pub(super) struct WidgetQuery {
    session_id: Option<String>,
}

/// Returns the page that `show` creates for the session id in the widget's URL, or an error page if the session may not
/// open the widget.
pub(super) fn open(
    state: &WidgetState,
    frame: Frame,
    query: Result<Query<WidgetQuery>, QueryRejection>,
    show: impl FnOnce(AuthorizedSession<'_>) -> Response,
) -> Response {
    let id = query.map(|Query(query)| query.session_id).unwrap_or_default();
    let session = AuthorizedSession::find(state, frame, id.as_deref());
    session.map_or_else(|error| error.response(frame), show)
}

/// Session that may open a widget, and the customer of the session.
pub(super) struct AuthorizedSession<'a> {
    pub(super) state: &'a WidgetState,
    /// Id of the session.
    pub(super) id: String,
    pub(super) record: SessionRecord,
    pub(super) customer: CustomerRecord,
    pub(super) today: Day,
}

impl<'a> AuthorizedSession<'a> {
    pub(super) fn find(state: &'a WidgetState, frame: Frame, id: Option<&str>) -> Result<Self, AccessError> {
        let record = authorize(state, frame, id)?;
        let today = Day::today();
        let customer = state
            .customers()
            .find_and_store(CustomerRef::from(&record), today)
            .ok_or(AccessError::NoCustomer)?;
        Ok(Self { state, id: id.unwrap_or_default().to_owned(), record, customer, today })
    }
}

impl AuthorizedSession<'_> {
    /// Returns the name that the vendor's messages use for the frame in which the cancel flow is shown.
    pub(super) fn frame(&self) -> &'static str {
        let frame = if self.record.within_hub { Frame::Subscription } else { Frame::Retention };
        frame.name()
    }
}

/// Returns the session with this id if the session may open the widget now; otherwise the reason why not.
fn authorize(state: &WidgetState, frame: Frame, id: Option<&str>) -> Result<SessionRecord, AccessError> {
    let id = id.filter(|id| !id.is_empty()).ok_or(AccessError::Missing)?;
    let session = state.app.store().sessions().get(id).cloned().ok_or(AccessError::Unknown)?;
    if Duration::from_millis(state.app.now_ms().saturating_sub(session.at_ms)) >= state.app.session_lifetime()
    {
        return Err(AccessError::Expired);
    }
    // Sessions of both kinds open the cancel flow. Only a subscription session opens the SubscriptionHub.
    if frame == Frame::Subscription && session.kind != "subscription" {
        return Err(AccessError::WrongKind);
    }
    Ok(session)
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
            Self::InvalidForm => (StatusCode::BAD_REQUEST, "This form is invalid."),
        };
        page_with(status, &ErrorPage { frame: frame.name(), reason })
    }
}
