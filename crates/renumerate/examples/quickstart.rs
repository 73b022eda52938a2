//! The README's example.
#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use renumerate::{Client, Customer, ErrorKind, RetentionSessionRequest};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?; // RENUMERATE_PRIVATE_KEY; make one for the process and share it

    let request = RetentionSessionRequest::new(Customer::by_id("cus_NffrFeUfNV2Hib")?);
    match client.create_retention_session(&request).await {
        Ok(session) => println!("{}", session.id().as_str()), // ret_…, for your page
        Err(error) if error.kind() == ErrorKind::NotFound => println!("no such customer"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
