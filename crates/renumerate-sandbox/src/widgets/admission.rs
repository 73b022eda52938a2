//! Which session ids open a page, and for whom.

use std::time::Duration;

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::answer::{Frame, page_with};
use super::book::Who;
use super::customer::CustomerRecord;
use super::day::Day;
use crate::mint::SessionRecord;
use crate::router::Shared;

/// Why an id opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Missing,
    Unknown,
    Expired,
    WrongKind,
    NoCustomer,
    /// A form that no page of ours sends.
    Unreadable,
}

/// What the address of a widget says.
#[derive(Deserialize)]
pub(super) struct Opened {
    session_id: Option<String>,
}

/// Opens a widget for the id of its address.
pub(super) fn open(
    shared: &Shared,
    frame: Frame,
    opened: Result<Query<Opened>, QueryRejection>,
    show: impl FnOnce(Guest<'_>) -> Response,
) -> Response {
    let id = opened.map(|Query(opened)| opened.session_id).unwrap_or_default();
    let guest = Guest::of(shared, frame, id.as_deref());
    guest.map_or_else(|refusal| refusal.answer(frame), show)
}

/// A customer who was let in.
pub(super) struct Guest<'a> {
    pub(super) shared: &'a Shared,
    /// The session's id.
    pub(super) id: String,
    pub(super) session: SessionRecord,
    pub(super) customer: CustomerRecord,
    pub(super) today: Day,
}

impl<'a> Guest<'a> {
    pub(super) fn of(shared: &'a Shared, frame: Frame, id: Option<&str>) -> Result<Self, Refusal> {
        let session = admit(shared, frame, id)?;
        let today = Day::today();
        let customer = shared.memory().book.enter(Who::from(&session), today).ok_or(Refusal::NoCustomer)?;
        Ok(Self { shared, id: id.unwrap_or_default().to_owned(), session, customer, today })
    }
}

impl Guest<'_> {
    /// The frame that the cancel flow is in, by the vendor's name.
    pub(super) fn frame(&self) -> &'static str {
        let frame = if self.session.within_hub { Frame::Subscription } else { Frame::Retention };
        frame.name()
    }
}

/// The session of an id, where that may open this widget now.
fn admit(shared: &Shared, frame: Frame, id: Option<&str>) -> Result<SessionRecord, Refusal> {
    let id = id.filter(|id| !id.is_empty()).ok_or(Refusal::Missing)?;
    let session = shared.memory().mint.find(id).cloned().ok_or(Refusal::Unknown)?;
    if Duration::from_millis(shared.now_ms().saturating_sub(session.at_ms)) >= shared.session_lifetime {
        return Err(Refusal::Expired);
    }
    // The cancel flow opens for the hub's sessions too.
    if frame == Frame::Subscription && session.kind != "subscription" {
        return Err(Refusal::WrongKind);
    }
    Ok(session)
}

#[derive(Template)]
#[template(path = "widgets/refused.html")]
struct Refused {
    frame: &'static str,
    reason: &'static str,
}

impl Refusal {
    /// The plain page, which tells the page around it that this came to nothing.
    pub(super) fn answer(self, frame: Frame) -> Response {
        let (status, reason) = match self {
            Self::Missing => (StatusCode::BAD_REQUEST, "The address holds no session id."),
            Self::Unknown => (
                StatusCode::NOT_FOUND,
                "This session id was not made here. An id is known to the sandbox that made it, until that ends.",
            ),
            Self::Expired => {
                (StatusCode::GONE, "This session has expired. Make a new one when the customer clicks.")
            }
            Self::WrongKind => (
                StatusCode::BAD_REQUEST,
                "This is the id of a retention session (ret_…). The subscription hub is opened by a subscription session (sub_…).",
            ),
            Self::NoCustomer => {
                (StatusCode::NOT_FOUND, "The customer of this session is not in the seed file.")
            }
            Self::Unreadable => (StatusCode::BAD_REQUEST, "This form cannot be read."),
        };
        page_with(status, &Refused { frame: frame.name(), reason })
    }
}
