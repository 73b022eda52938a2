//! Subjects that create handshake tokens: this SDK, and the code that a user would write.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use renumerate::{Client, HandshakeSigner};
use serde_json::json;
use sha2::Sha256;

const CUSTOMER: &str = "cus_NffrFeUfNV2Hib";
const PRIVATE_KEY: &str = "sk_sandbox_bench";
const PUBLIC_KEY: &str = "pk_sandbox_bench";

/// Creates a token.
type Create = Box<dyn Fn() -> String>;

pub(crate) fn open(subject: &str) -> Create {
    match subject {
        "renumerate::HandshakeSigner" => {
            let signer = HandshakeSigner::new(PUBLIC_KEY, PRIVATE_KEY).unwrap();
            Box::new(move || signer.create_handshake_token(CUSTOMER).unwrap().token().to_owned())
        }
        "renumerate::Client" => {
            let client = Client::builder().private_key(PRIVATE_KEY).public_key(PUBLIC_KEY).build().unwrap();
            Box::new(move || client.create_handshake_token(CUSTOMER).unwrap().token().to_owned())
        }
        "hmac, sha2, serde_json" => Box::new(written_out),
        _ => panic!("unknown subject: {subject}"),
    }
}

fn written_out() -> String {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).unwrap();
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let payload = json!({
        "brandPub": PUBLIC_KEY,
        "subscriberId": CUSTOMER,
        "timestamp": u64::try_from(timestamp).unwrap(),
        "nonce": format!("{:032x}", u128::from_be_bytes(nonce)),
    })
    .to_string();
    let mac = Hmac::<Sha256>::new_from_slice(PRIVATE_KEY.as_bytes()).unwrap().chain_update(&payload);
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    format!("{}.{}", encode(payload.as_bytes()), encode(&mac.finalize().into_bytes()))
}
