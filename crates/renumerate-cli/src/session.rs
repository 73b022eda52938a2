//! `renumerate session`: creates a session.

use renumerate::{RetentionSessionRequest, SessionKind, SubscriptionSessionRequest};
use serde_json::json;

use crate::args::Session;
use crate::client_options::client_builder;
use crate::error::CliError;
use crate::output::print_line;

pub(crate) async fn run(session: Session) -> Result<(), CliError> {
    match session {
        Session::Retention { customer, subscription_id, client, output } => {
            let request = RetentionSessionRequest::from_fields([
                ("customer_id", customer.customer_id),
                ("customer_email", customer.customer_email),
                ("subscription_id", subscription_id),
            ])?;
            print(&client_builder(&client)?.build()?.create_retention_session(&request).await?, output.json)
        }
        Session::Subscription { customer, client, output } => {
            let request = SubscriptionSessionRequest::from_fields([
                ("customer_id", customer.customer_id),
                ("customer_email", customer.customer_email),
            ])?;
            print(
                &client_builder(&client)?.build()?.create_subscription_session(&request).await?,
                output.json,
            )
        }
    }
}

/// Prints the session's id, or all its properties as JSON.
fn print<K: SessionKind>(session: &renumerate::Session<K>, as_json: bool) -> Result<(), CliError> {
    if !as_json {
        return Ok(print_line(session.id().as_str())?);
    }
    Ok(print_line(json!({
        "id": session.id(),
        "url": session.url(),
        "request_id": session.request_id(),
        "attempts": session.attempts(),
    }))?)
}
