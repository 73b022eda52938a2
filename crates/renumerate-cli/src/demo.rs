//! `renumerate demo`: creates a retention session and a subscription session in a sandbox, and prints the requests and
//! responses.

use renumerate::{Client, Customer, RetentionSessionRequest, SubscriptionId, SubscriptionSessionRequest};
use renumerate_sandbox::{Record, Sandbox};

use crate::error::CliError;
use crate::output::{DIM, HEADING, print_line, print_styled};

pub(crate) async fn run() -> Result<(), CliError> {
    let sandbox = Sandbox::start().await?;
    print_styled(HEADING, format_args!("A Renumerate sandbox listens on {}", sandbox.url()))?;
    let client = Client::builder().private_key(sandbox.private_key()).base_url(sandbox.url()).build()?;

    let retention = RetentionSessionRequest::new(Customer::by_id("cus_NffrFeUfNV2Hib")?)
        .with_subscription_id(SubscriptionId::new("sub_1MowQVLkdIwHu7ixeRlqHVzs")?);
    let session = client.create_retention_session(&retention).await?;
    print_session(
        "A retention session, which opens the cancel flow",
        &sandbox,
        session.id().as_str(),
        session.url(),
    )?;

    let subscription = SubscriptionSessionRequest::new(Customer::by_email("john.doe@example.com")?);
    let session = client.create_subscription_session(&subscription).await?;
    print_session(
        "A subscription session, which opens the SubscriptionHub",
        &sandbox,
        session.id().as_str(),
        session.url(),
    )?;

    print_line("")?;
    print_line(
        "The session ids are valid only in this demo's sandbox, which stops now. For your own tests, run \
         `renumerate sandbox`.",
    )?;
    Ok(())
}

fn print_session(heading: &str, sandbox: &Sandbox, id: &str, url: &str) -> Result<(), CliError> {
    print_line("")?;
    print_styled(HEADING, heading)?;
    if let Some(request) = sandbox.requests().last() {
        for line in request_lines(request) {
            print_styled(DIM, format_args!("  > {line}"))?;
        }
        print_styled(DIM, format_args!("  < {}", request.status))?;
    }
    print_line(format_args!("  id   {id}"))?;
    print_line(format_args!("  url  {url}"))?;
    Ok(())
}

/// Returns the lines of a recorded request. Instead of the private key, the record contains a fingerprint of the key.
fn request_lines(request: &Record) -> Vec<String> {
    let mut lines = vec![format!("{} {}", request.method, request.path)];
    lines.push(format!("x-brand-key: [masked] ({})", request.key.as_deref().unwrap_or("absent")));
    lines.extend(request.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.push(request.body.clone());
    lines
}
