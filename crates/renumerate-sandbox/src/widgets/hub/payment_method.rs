//! Payment method in the `SubscriptionHub`.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::widgets::access::{self, AccessError, AuthorizedSession, WidgetQuery};
use crate::widgets::card::{CardErrors, parse_card};
use crate::widgets::customers::CustomerRef;
use crate::widgets::page::{Frame, page};
use crate::widgets::state::WidgetState;

/// Form with the card that a customer entered. It does not implement `Debug`, because a log must not contain the
/// number.
#[derive(Deserialize)]
pub(crate) struct CardForm {
    session_id: Option<String>,
    number: String,
    expiry: String,
}

/// Page on which the customer enters a card. If the card is invalid, the page shows the errors, but never the number.
#[derive(Template)]
#[template(path = "widgets/hub/payment_method.html")]
struct PaymentMethodPage<'a> {
    session: &'a AuthorizedSession<'a>,
    expiry: &'a str,
    errors: CardErrors,
}

pub(crate) async fn open(
    State(state): State<Arc<WidgetState>>,
    query: Result<Query<WidgetQuery>, QueryRejection>,
) -> Response {
    access::open(&state, Frame::Subscription, query, |session| {
        Ok(page(&PaymentMethodPage { session: &session, expiry: "", errors: CardErrors::default() }))
    })
}

pub(crate) async fn update(
    State(state): State<Arc<WidgetState>>,
    form: Result<Form<CardForm>, FormRejection>,
) -> Response {
    let page = form.map_err(|_| AccessError::InvalidForm).and_then(|Form(form)| {
        let CardForm { session_id, number, expiry } = form;
        let query = WidgetQuery { session_id, ..WidgetQuery::default() };
        let session = AuthorizedSession::find(&state, Frame::Subscription, &query)?;
        let card = match parse_card(&number, &expiry, session.today) {
            Ok(card) => card,
            Err(errors) => {
                // An invalid date is not shown again: it could contain the number.
                let expiry = if errors.expiry.is_none() { expiry.as_str() } else { "" };
                return Ok(page(&PaymentMethodPage { session: &session, expiry, errors }));
            }
        };
        let notice = format!("{} is your payment method now.", card.in_words());
        let customer = CustomerRef::from(&session.record);
        state.customers().change_customer(customer, session.today, |customer| customer.payment_method = card);
        session.show_current(&notice)
    });
    page.unwrap_or_else(|error| error.response(Frame::Subscription))
}
