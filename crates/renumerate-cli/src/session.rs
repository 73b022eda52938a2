//! `renumerate session`: one session, from the service or from a sandbox.

use renumerate::{RetentionSessionRequest, Session as Minted, SessionKind, SubscriptionSessionRequest};
use serde_json::json;

use crate::args::Session;
use crate::failure::Failure;
use crate::output::say;
use crate::settings::builder;

pub(crate) async fn run(session: Session) -> Result<(), Failure> {
    match session {
        Session::Retention { customer, subscription_id, client, output } => {
            let request = RetentionSessionRequest::from_fields([
                ("customer_id", customer.customer_id),
                ("customer_email", customer.customer_email),
                ("subscription_id", subscription_id),
            ])?;
            print(&builder(&client)?.build()?.create_retention_session(&request).await?, output.json)
        }
        Session::Subscription { customer, client, output } => {
            let request = SubscriptionSessionRequest::from_fields([
                ("customer_id", customer.customer_id),
                ("customer_email", customer.customer_email),
            ])?;
            print(&builder(&client)?.build()?.create_subscription_session(&request).await?, output.json)
        }
    }
}

/// The id alone, for a script to take, or all that is known as JSON.
fn print<K: SessionKind>(session: &Minted<K>, as_json: bool) -> Result<(), Failure> {
    if !as_json {
        return Ok(say(session.id().as_str())?);
    }
    Ok(say(json!({
        "id": session.id(),
        "url": session.url(),
        "request_id": session.request_id(),
        "attempts": session.attempts(),
    }))?)
}
