//! Handshake tokens, signed independently of the sandbox's own code.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use renumerate_sandbox::{DEFAULT_KEY, DEFAULT_PUBLIC_KEY};
use serde_json::{Value, json};
use sha2::Sha256;

/// Returns the payload of a new token for a customer.
pub(crate) fn payload(customer: &str) -> Value {
    static NONCE: AtomicU64 = AtomicU64::new(0);
    let nonce = format!("{:032x}", NONCE.fetch_add(1, Ordering::Relaxed));
    json!({"brandPub": DEFAULT_PUBLIC_KEY, "subscriberId": customer, "timestamp": now_ms(), "nonce": nonce})
}

/// Returns the token with this payload.
pub(crate) fn sign(payload: &Value, key: &str) -> String {
    let payload = payload.to_string();
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap().chain_update(&payload);
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{}.{signature}", URL_SAFE_NO_PAD.encode(payload))
}

/// Returns a new, valid token for a customer of a sandbox with the default keys.
pub(crate) fn token(customer: &str) -> String {
    sign(&payload(customer), DEFAULT_KEY)
}

pub(crate) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}
