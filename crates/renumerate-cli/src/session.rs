//! `renumerate session`: one session, from the service or from a sandbox.

use renumerate::{RetentionSessionRequest, Session as Minted, SessionKind, SubscriptionSessionRequest};
use serde_json::json;

use crate::args::{Client, Session};
use crate::failure::Failure;
use crate::output::say;

pub(crate) async fn run(session: Session) -> Result<(), Failure> {
    match session {
        Session::Retention { customer, subscription_id, client } => {
            let request = RetentionSessionRequest::from_fields([
                ("customer_id", customer.customer_id),
                ("customer_email", customer.customer_email),
                ("subscription_id", subscription_id),
            ])?;
            print(&build(&client)?.create_retention_session(&request).await?, client.json)
        }
        Session::Subscription { customer, client } => {
            let request = SubscriptionSessionRequest::from_fields([
                ("customer_id", customer.customer_id),
                ("customer_email", customer.customer_email),
            ])?;
            print(&build(&client)?.create_subscription_session(&request).await?, client.json)
        }
    }
}

fn build(given: &Client) -> Result<renumerate::Client, Failure> {
    let mut builder =
        renumerate::Client::builder().app_info(concat!("renumerate-cli/", env!("CARGO_PKG_VERSION")));
    if let Some(file) = &given.private_key_file {
        let key = std::fs::read_to_string(file)
            .map_err(|error| Failure::Other(format!("{} can't be read: {error}", file.display())))?;
        builder = builder.private_key(key);
    }
    for (name, text) in
        [("base_url", &given.base_url), ("ca_bundle", &given.ca_bundle), ("proxy", &given.proxy)]
    {
        if let Some(text) = text {
            builder = builder.option(name, text.as_str())?;
        }
    }
    if let Some(seconds) = given.timeout {
        builder = builder.option("timeout", seconds)?;
    }
    if let Some(retries) = given.max_retries {
        builder = builder.max_retries(retries);
    }
    Ok(builder.build()?)
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
