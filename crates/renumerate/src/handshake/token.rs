//! The signed token.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::Serialize;

/// Time for which the service accepts a token.
const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// A handshake token, which the browser exchanges for a session of the customer. It is a bearer credential: anyone who
/// has the token can open the customer's widgets. The service accepts it once, within 5 minutes.
///
/// The serialized form is `{"token": "…"}`, as the vendor's browser samples expect it. `Debug` masks the token, and
/// `Display` is not implemented, so that the token does not appear in logs by accident.
///
/// See the vendor's documentation: <https://renumerate.com/docs/installation>.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct HandshakeToken {
    token: String,
    #[serde(skip)]
    expires_at: SystemTime,
}

impl HandshakeToken {
    /// Creates a token. `timestamp` is its Unix time in milliseconds, from which the service computes its age.
    pub(super) fn new(token: String, timestamp: u64) -> Self {
        Self { token, expires_at: SystemTime::UNIX_EPOCH + Duration::from_millis(timestamp) + LIFETIME }
    }

    /// Returns the token in plain text.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Returns the time after which the service rejects the token: 5 minutes after its creation.
    pub fn expires_at(&self) -> SystemTime {
        self.expires_at
    }
}

impl fmt::Debug for HandshakeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakeToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: T5
    #[test]
    fn only_json_and_the_accessor_contain_the_token() {
        let token = HandshakeToken::new("eyJ.planted".to_owned(), 1);
        assert!(!format!("{token:?}").contains("planted"));
        assert_eq!(serde_json::to_string(&token).unwrap(), r#"{"token":"eyJ.planted"}"#);
        assert_eq!(token.token(), "eyJ.planted");
        assert_eq!(token.expires_at(), SystemTime::UNIX_EPOCH + Duration::from_millis(300_001));
    }
}
