//! Creation of tokens, as a backend creates them.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::signature::sign;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    brand_pub: &'a str,
    subscriber_id: &'a str,
    timestamp: u64,
    nonce: String,
}

/// Creates a token for a customer. `nonce` must be random. Returns `None` if the payload cannot be signed.
pub(crate) fn create(
    (public_key, private_key): (&str, &str),
    customer_id: &str,
    now: SystemTime,
    nonce: [u8; 16],
) -> Option<String> {
    let payload = Payload {
        brand_pub: public_key,
        subscriber_id: customer_id,
        timestamp: u64::try_from(now.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()?,
        nonce: nonce.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")),
    };
    let payload = serde_json::to_vec(&payload).ok()?;
    let signature = sign(private_key.as_bytes(), &payload)?;
    Some(format!("{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(signature)))
}
