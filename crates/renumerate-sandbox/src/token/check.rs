//! Reports on tokens: each check with its result.

use std::time::SystemTime;

use super::{HandshakeToken, TokenError};

/// Check of a token in a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Name of the check.
    pub name: &'static str,
    /// Description of the valid part of the token, or the reason why it is invalid.
    pub result: Result<&'static str, TokenError>,
}

impl Check {
    /// Returns the check of a token's format.
    pub fn format(token: &Result<HandshakeToken, TokenError>) -> Self {
        let result = token.as_ref().map(|_| "the payload is complete").map_err(Clone::clone);
        Self { name: "format", result }
    }

    /// Returns the check that the token contains this public key.
    pub fn brand(token: &HandshakeToken, public_key: &str) -> Self {
        Self {
            name: "brand",
            result: token.check_brand(public_key).map(|()| "the token contains the public key"),
        }
    }

    /// Returns the check that one of the private keys has signed the token.
    pub fn signature(token: &HandshakeToken, private_keys: &[String]) -> Self {
        let result = token.check_signature(private_keys).map(|_| "the private key has signed the token");
        Self { name: "signature", result }
    }

    /// Returns the check of the token's age. `now` is the time of the service.
    pub fn age(token: &HandshakeToken, now: SystemTime) -> Self {
        Self { name: "age", result: token.check_age(now).map(|()| "the timestamp is recent") }
    }

    /// Returns the check that the token was not exchanged before.
    #[cfg(feature = "widgets")]
    pub(crate) fn unused(is_used: bool) -> Self {
        let result = if is_used { Err(TokenError::used()) } else { Ok("the nonce was not used before") };
        Self { name: "nonce", result }
    }
}
