//! Invoices in the `SubscriptionHub`.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;

use crate::widgets::access::{self, AuthorizedSession, WidgetQuery};
use crate::widgets::invoice::InvoiceStatus;
use crate::widgets::page::{Frame, page};
use crate::widgets::state::WidgetState;

/// Page with the invoices of all subscriptions of the customer.
#[derive(Template)]
#[template(path = "widgets/hub/invoices.html")]
struct InvoicesPage<'a> {
    session: &'a AuthorizedSession<'a>,
}

pub(crate) async fn open(
    State(state): State<Arc<WidgetState>>,
    query: Result<Query<WidgetQuery>, QueryRejection>,
) -> Response {
    access::open(&state, Frame::Subscription, query, |session| Ok(page(&InvoicesPage { session: &session })))
}

impl InvoicesPage<'_> {
    fn has_invoices(&self) -> bool {
        self.session.customer.subscriptions.iter().any(|subscription| !subscription.invoices.is_empty())
    }
}
