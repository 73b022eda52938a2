//! The README's example of a handshake token.
#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use renumerate::Client;

fn main() -> Result<(), renumerate::Error> {
    let client = Client::from_env()?; // reads RENUMERATE_PRIVATE_KEY and RENUMERATE_PUBLIC_KEY

    let token = client.create_handshake_token("cus_NffrFeUfNV2Hib")?; // makes no request
    println!("{}", token.token()); // eyJ…, for your page as {"token": "eyJ…"}
    Ok(())
}
