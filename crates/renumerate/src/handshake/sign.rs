//! Form and signature of a token, for a given time and nonce.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use sha2::Sha256;

use crate::error::{Error, Result};
use crate::model::CustomerId;
use crate::redact::BrandKey;

/// Number of random bytes in a token.
pub(super) const NONCE_BYTES: usize = 16;

/// Signed content of a token. The fields have the names and the order of the vendor's samples.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    brand_pub: &'a str,
    subscriber_id: &'a str,
    timestamp: u64,
    nonce: String,
}

/// Returns the token for a customer. `timestamp` is the Unix time in milliseconds.
///
/// # Errors
///
/// An internal error if the payload cannot be serialized, which does not happen.
pub(super) fn sign(
    (public_key, private_key): (&str, &BrandKey),
    customer_id: &CustomerId,
    timestamp: u64,
    nonce: [u8; NONCE_BYTES],
) -> Result<String> {
    let nonce = format!("{:032x}", u128::from_be_bytes(nonce));
    let payload = Payload { brand_pub: public_key, subscriber_id: customer_id.as_str(), timestamp, nonce };
    let payload = serde_json::to_vec(&payload).map_err(|_| Error::internal("a token has no JSON"))?;
    let mac = Hmac::<Sha256>::new_from_slice(private_key.expose().as_bytes());
    let mut mac = mac.map_err(|_| Error::internal("the key of a token has no valid length"))?;
    mac.update(&payload);
    let mut token = BASE64_URL_SAFE_NO_PAD.encode(&payload);
    token.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(mac.finalize().into_bytes(), &mut token);
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: T1
    #[test]
    fn token_is_the_vendors_golden_vector() {
        let key = BrandKey::new("sk_live_example").unwrap();
        let customer = CustomerId::new("cus_NffrFeUfNV2Hib").unwrap();
        let nonce = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff_u128.to_be_bytes();
        let token = sign(("pk_live_example", &key), &customer, 1_767_225_600_000, nonce).unwrap();
        assert_eq!(
            token,
            "eyJicmFuZFB1YiI6InBrX2xpdmVfZXhhbXBsZSIsInN1YnNjcmliZXJJZCI6ImN1c19OZmZyRmVVZk5WMkhpYiIsInRpbWVzdGFtcCI6\
             MTc2NzIyNTYwMDAwMCwibm9uY2UiOiIwMDExMjIzMzQ0NTU2Njc3ODg5OWFhYmJjY2RkZWVmZiJ9.\
             XPvQs1R3X_mCAq7GdnqqBz4qfEjmP08Py-YylcQ3WBA"
        );
    }

    /// Rules: T1
    #[test]
    fn nonce_and_customer_id_keep_their_form() {
        let key = BrandKey::new("sk_live_example").unwrap();
        let customer = CustomerId::new(r#"a"b\c"#).unwrap();
        let token = sign(("pk_1", &key), &customer, 1, 1_u128.to_be_bytes()).unwrap();
        let payload = BASE64_URL_SAFE_NO_PAD.decode(token.split_once('.').unwrap().0).unwrap();
        let expected = r#"{"brandPub":"pk_1","subscriberId":"a\"b\\c","timestamp":1,"nonce":"00000000000000000000000000000001"}"#;
        assert_eq!(String::from_utf8(payload).unwrap(), expected);
    }
}
