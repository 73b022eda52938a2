//! Handshake tokens: their format, and the checks that need only the token, the keys and the time.
//!
//! A backend signs a token, and the customer's browser exchanges the token for a session. A token is
//! `base64url(payload) + "." + base64url(signature)`, without padding. The payload is a JSON object. The signature is an
//! HMAC-SHA256 of the payload's bytes, with the private key.
//!
//! This module is not part of the public API, and may change in any release. `renumerate token check` and the dashboard
//! use it.

mod check;
#[cfg(feature = "widgets")]
mod create;
mod error;
mod signature;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

pub use check::Check;
#[cfg(feature = "widgets")]
pub(crate) use create::create;
pub use error::{TokenError, TokenErrorKind};

/// Time for which a token is valid. A timestamp may also be ahead of the service's clock by this time.
pub const VALIDITY: Duration = Duration::from_secs(300);

/// Handshake token whose format is valid.
#[derive(Debug)]
pub struct HandshakeToken {
    /// Public key of the brand, which has the name `brandPub`.
    pub public_key: String,
    /// Id of the customer, which has the name `subscriberId`.
    pub customer_id: String,
    /// Time of creation, as Unix time in milliseconds.
    pub timestamp: f64,
    /// Random text, with which each token is different.
    pub nonce: String,
    /// First part of the token, as it was received.
    encoded_payload: String,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl HandshakeToken {
    /// Parses a token.
    ///
    /// # Errors
    ///
    /// [`TokenErrorKind::Format`] with the part of the token that is invalid.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let (encoded_payload, encoded_signature) = split(text)?;
        let payload = decode("first", encoded_payload)?;
        let signature = decode("second", encoded_signature)?;
        let members: Map<String, Value> = serde_json::from_slice(&payload).map_err(|_| {
            format_error(
                "the first part of the token does not contain a JSON object; encode the payload there",
            )
        })?;
        let timestamp = match members.get("timestamp") {
            Some(Value::Number(number)) => number.as_f64(),
            _ => None,
        };
        Ok(Self {
            public_key: text_member(&members, "brandPub")?,
            customer_id: text_member(&members, "subscriberId")?,
            timestamp: timestamp
                .ok_or_else(|| format_error("the payload needs the number timestamp, in milliseconds"))?,
            nonce: text_member(&members, "nonce")?,
            encoded_payload: encoded_payload.to_owned(),
            payload,
            signature,
        })
    }

    /// Checks that the token contains this public key.
    ///
    /// # Errors
    ///
    /// [`TokenErrorKind::Brand`] if the token contains another key. The key of the token is not part of the error,
    /// because it may be a private key.
    pub fn check_brand(&self, public_key: &str) -> Result<(), TokenError> {
        if self.public_key == public_key {
            return Ok(());
        }
        let remedy = if self.public_key.starts_with("sk_") {
            "brandPub is a private key, which every browser can read in the token; use the public key, and replace the \
             private key"
                .to_owned()
        } else {
            format!("brandPub is not the public key {public_key}; check the public key of the backend")
        };
        Err(TokenError { kind: TokenErrorKind::Brand, remedy })
    }

    /// Checks the age of the token. `now` is the time of the service.
    ///
    /// # Errors
    ///
    /// [`TokenErrorKind::Expired`] if the timestamp differs from `now` by more than [`VALIDITY`].
    pub fn check_age(&self, now: SystemTime) -> Result<(), TokenError> {
        /// Timestamps below this limit are in seconds: as milliseconds, it is a date in 1973.
        const SECONDS_MAX: f64 = 1e11;
        /// Timestamps above this limit are in microseconds or nanoseconds: as milliseconds, it is a date in 5138.
        const MILLISECONDS_MAX: f64 = 1e14;

        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let (age, validity) = (now - self.timestamp / 1000.0, VALIDITY.as_secs());
        if age.abs() <= VALIDITY.as_secs_f64() {
            return Ok(());
        }
        let remedy = if (0.0..SECONDS_MAX).contains(&self.timestamp) {
            "the timestamp is in seconds: use milliseconds".to_owned()
        } else if self.timestamp > MILLISECONDS_MAX {
            "the timestamp is in microseconds or nanoseconds: use milliseconds".to_owned()
        } else if age > 0.0 {
            format!(
                "the token is {age:.0} s old, but is valid for {validity} s; create a token for each exchange, and \
                 synchronize the clock of the backend"
            )
        } else {
            format!(
                "the timestamp is {:.0} s ahead of the clock here, and at most {validity} s are accepted; synchronize \
                 the clock of the backend",
                -age
            )
        };
        Err(TokenError { kind: TokenErrorKind::Expired, remedy })
    }
}

fn format_error(remedy: impl Into<String>) -> TokenError {
    TokenError { kind: TokenErrorKind::Format, remedy: remedy.into() }
}

/// Splits a token into its two parts.
fn split(text: &str) -> Result<(&str, &str), TokenError> {
    if text.starts_with(['{', '"']) {
        return Err(format_error(
            "this is JSON, not a token; getAuthToken must return the value of token in your backend's response",
        ));
    }
    let parts: Vec<&str> = text.splitn(4, '.').collect();
    match parts[..] {
        [payload, signature] if !payload.is_empty() && !signature.is_empty() => Ok((payload, signature)),
        [_, _, _] => {
            Err(format_error("the token has three parts, like a JWT; join only payload and signature"))
        }
        _ => Err(format_error("the token is not payload.signature, two parts with a dot in between")),
    }
}

/// Decodes a part of a token.
fn decode(part: &str, encoded: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(encoded).map_err(|_| {
        let reason = if encoded.ends_with('=') {
            "has padding; remove each = at its end"
        } else if encoded.contains(['+', '/']) {
            "is base64; use base64url, which has - and _ instead of + and /"
        } else {
            "is not base64url"
        };
        format_error(format!("the {part} part of the token {reason}"))
    })
}

/// Returns the text of a token's payload, which may be invalid. Unlike the service, accepts base64 and padding.
#[cfg(feature = "widgets")]
pub(crate) fn payload_text(token: &str) -> Option<String> {
    let encoded = token.split('.').next()?.trim_end_matches('=').replace('+', "-").replace('/', "_");
    String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok().filter(|text| !text.is_empty())
}

fn text_member(payload: &Map<String, Value>, name: &str) -> Result<String, TokenError> {
    match payload.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        _ => Err(format_error(format!("the payload needs the text {name}"))),
    }
}

#[cfg(test)]
mod tests;
