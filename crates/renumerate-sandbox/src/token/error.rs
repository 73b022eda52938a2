//! Errors of handshake tokens.

use std::error::Error;
use std::fmt;

/// Check of a token that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenErrorKind {
    /// The token, or its payload, has another format.
    Format,
    /// The public key is not that of the brand.
    Brand,
    /// The private key has not signed the payload.
    Signature,
    /// The token is too old, or its timestamp is too far ahead.
    Expired,
    /// The token was exchanged earlier.
    Used,
}

impl TokenErrorKind {
    /// Returns the message of the service's error response. The vendor documents all messages except the last one.
    pub fn message(self) -> &'static str {
        match self {
            Self::Format => "Invalid token format",
            Self::Brand => "Brand not found",
            Self::Signature => "Invalid signature",
            Self::Expired => "Token expired",
            Self::Used => "Token already used",
        }
    }
}

/// Reason why a token is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenError {
    /// The failed check.
    pub kind: TokenErrorKind,
    /// Cause and remedy, in one line. The text contains no part of the token except times.
    pub remedy: String,
}

impl TokenError {
    /// Returns the error for a token that was exchanged earlier.
    pub(crate) fn used() -> Self {
        let remedy = "a token with this nonce was exchanged before; create a token, with a random nonce, for each exchange";
        Self { kind: TokenErrorKind::Used, remedy: remedy.to_owned() }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.message(), self.remedy)
    }
}

impl Error for TokenError {}
