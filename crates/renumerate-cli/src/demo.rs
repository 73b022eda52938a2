//! `renumerate demo`: both calls against a sandbox of its own, and what went over the wire.

use renumerate::{Client, Customer, RetentionSessionRequest, SubscriptionId, SubscriptionSessionRequest};
use renumerate_sandbox::{Record, Sandbox};

use crate::failure::Failure;
use crate::output::{FAINT, HEADING, say, say_in};

pub(crate) async fn run() -> Result<(), Failure> {
    let sandbox = Sandbox::start().await?;
    say_in(HEADING, format_args!("A Renumerate runs on this machine: {}", sandbox.url()))?;
    let client = Client::builder().private_key(sandbox.private_key()).base_url(sandbox.url()).build()?;

    let retention = RetentionSessionRequest::new(Customer::by_id("cus_NffrFeUfNV2Hib")?)
        .with_subscription_id(SubscriptionId::new("sub_1MowQVLkdIwHu7ixeRlqHVzs")?);
    let session = client.create_retention_session(&retention).await?;
    show("A retention session, which opens the cancel flow", &sandbox, session.id().as_str(), session.url())?;

    let subscription = SubscriptionSessionRequest::new(Customer::by_email("john.doe@example.com")?);
    let session = client.create_subscription_session(&subscription).await?;
    show(
        "A subscription session, which opens the SubscriptionHub",
        &sandbox,
        session.id().as_str(),
        session.url(),
    )?;

    say("")?;
    say(
        "These ids open nothing: they are the sandbox's. `renumerate sandbox` keeps one running for your own tests.",
    )?;
    Ok(())
}

fn show(what: &str, sandbox: &Sandbox, id: &str, url: &str) -> Result<(), Failure> {
    say("")?;
    say_in(HEADING, what)?;
    if let Some(request) = sandbox.requests().last() {
        for line in wire(request) {
            say_in(FAINT, format_args!("  > {line}"))?;
        }
        say_in(FAINT, format_args!("  < {}", request.status))?;
    }
    say(format_args!("  id   {id}"))?;
    say(format_args!("  url  {url}"))?;
    Ok(())
}

/// A request as it came; the sandbox does not tell the key.
fn wire(request: &Record) -> Vec<String> {
    let mut lines = vec![format!("{} {}", request.method, request.path)];
    lines.push(format!("x-brand-key: [masked] ({})", request.key.as_deref().unwrap_or("absent")));
    lines.extend(request.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.push(request.body.clone());
    lines
}
