//! Signer of tokens, which takes the time and the nonce from the system.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use super::sign::{NONCE_BYTES, sign};
use super::token::HandshakeToken;
use crate::config::{
    PUBLIC_KEY_VARIABLE, SettingSource, SigningKeys, named_by, resolve, resolve_key, variable,
};
use crate::error::{Error, Result};
use crate::log::log_failed_token;
use crate::model::CustomerId;
use crate::redact::{BrandKey, PublicKey};

/// Signer of handshake tokens, for programs that need no client. It does no network I/O.
///
/// A [`Client`](crate::Client) signs the same tokens.
///
/// ```
/// use renumerate::HandshakeSigner;
///
/// let signer = HandshakeSigner::new("pk_live_example", "sk_live_example")?;
/// let token = signer.create_handshake_token("cus_NffrFeUfNV2Hib")?;
/// assert!(token.token().starts_with("eyJ"));
/// # Ok::<(), renumerate::Error>(())
/// ```
#[derive(Clone)]
pub struct HandshakeSigner {
    private_key: (BrandKey, SettingSource),
    public_key: (PublicKey, SettingSource),
}

impl fmt::Debug for HandshakeSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakeSigner").finish_non_exhaustive()
    }
}

impl HandshakeSigner {
    /// Creates a signer with the brand's public key, `pk_…`, and private key, `sk_…`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if a key is empty, contains whitespace, quotes,
    /// control or non-ASCII characters, or if the keys are swapped or equal.
    pub fn new(public_key: impl Into<String>, private_key: impl Into<String>) -> Result<Self> {
        let public_key = Some(Zeroizing::new(public_key.into()));
        Self::resolve(public_key, Some(Zeroizing::new(private_key.into())), &variable)
    }

    /// Creates a signer with the keys in `RENUMERATE_PUBLIC_KEY` and `RENUMERATE_PRIVATE_KEY`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if a variable is missing, or as in
    /// [`new`](Self::new).
    pub fn from_env() -> Result<Self> {
        Self::resolve(None, None, &variable)
    }

    fn resolve(
        public_key: Option<Zeroizing<String>>,
        private_key: Option<Zeroizing<String>>,
        environment: &dyn Fn(&'static str) -> Result<Option<String>>,
    ) -> Result<Self> {
        let (mut private_key, private_source) = resolve_key(private_key, environment)?;
        let private_key = BrandKey::new(std::mem::take(&mut *private_key))
            .map_err(|error| named_by(error, private_source))?;
        let (public_key, public_source) = resolve(public_key, PUBLIC_KEY_VARIABLE, environment)?;
        let public_key = public_key.map(PublicKey::new);
        let keys = SigningKeys {
            private_key: (&private_key, private_source),
            public_key: (public_key.as_ref(), public_source),
        };
        keys.check()?;
        let public_key = public_key.ok_or_else(|| Error::internal("a checked key is missing"))?;
        Ok(Self { private_key: (private_key, private_source), public_key: (public_key, public_source) })
    }

    /// Creates a token for a customer: the Stripe customer id, which the vendor's samples call `subscriberId`. Your
    /// backend must have authenticated the customer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) if the id is invalid.
    pub fn create_handshake_token(&self, customer_id: &str) -> Result<HandshakeToken> {
        let Self { private_key: (private_key, private_source), public_key: (public_key, public_source) } =
            self;
        let keys = SigningKeys {
            private_key: (private_key, *private_source),
            public_key: (Some(public_key), *public_source),
        };
        let token = CustomerId::new(customer_id).and_then(|id| create_token(keys, &id));
        token.inspect_err(log_failed_token)
    }
}

/// Creates a token for a customer, with the current time and a new nonce.
///
/// # Errors
///
/// A configuration error if a key cannot sign. An internal error if the system has no random bytes.
pub(crate) fn create_token(keys: SigningKeys<'_>, customer_id: &CustomerId) -> Result<HandshakeToken> {
    let keys = keys.check()?;
    // The system's generator has no state in this process, so a forked child never repeats a nonce.
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|_| Error::internal("the system has no random bytes"))?;
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let timestamp = u64::try_from(timestamp).unwrap_or(u64::MAX);
    Ok(HandshakeToken::new(sign(keys, customer_id, timestamp, nonce)?, timestamp))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    fn error(public_key: &str, private_key: &str) -> String {
        let error = HandshakeSigner::new(public_key, private_key).unwrap_err();
        assert_eq!(error.code(), "configuration");
        assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
        error.to_string()
    }

    /// Rules: T3, X1
    #[test]
    fn swapped_equal_and_invalid_keys_are_rejected() {
        for (public_key, private_key, message) in [
            ("sk_live_planted", "sk_live_planted", "public_key is the private key"),
            ("sk_live_planted", "sk_live_other", "public_key begins with sk_"),
            ("planted", "planted", "public_key is the private key"),
            ("pk_live_planted", "pk_live_planted", "private_key begins with pk_"),
            ("pk_live_planted", "pk_live_other", "private_key begins with pk_"),
            ("", "sk_live_planted", "public_key is empty"),
            ("pk_live_planted x", "sk_live_planted", "public_key contains whitespace"),
            ("pk_live_planted", "", "private_key is empty"),
        ] {
            assert!(error(public_key, private_key).starts_with(message), "{public_key} {private_key}");
        }
        assert!(HandshakeSigner::new("pk_live_planted\n", "sk_live_planted\r\n").is_ok());
    }

    /// Rules: M3, T3
    #[test]
    fn error_names_the_variable_of_an_invalid_key() {
        let error = |private_key: &str, public_key: &str| {
            let environment = |name| {
                let key = if name == PUBLIC_KEY_VARIABLE { public_key } else { private_key };
                Ok(Some(key.to_owned()))
            };
            HandshakeSigner::resolve(None, None, &environment).unwrap_err().to_string()
        };
        assert!(error("sk_ x", "pk_1").starts_with("RENUMERATE_PRIVATE_KEY contains whitespace"));
        assert!(error("pk_2", "pk_1").starts_with("RENUMERATE_PRIVATE_KEY begins with pk_"));
        assert!(error("sk_1", "sk_1").starts_with("RENUMERATE_PUBLIC_KEY is the private key"));
    }

    /// Rules: T2, T3, V3, V4
    #[test]
    fn invalid_customer_is_rejected() {
        let signer = HandshakeSigner::new("pk_live_planted", "sk_live_planted").unwrap();
        assert!(!format!("{signer:?}").contains("planted"));
        for id in ["", "a b", &"x".repeat(256), &format!("r10_{}", "x".repeat(64))] {
            let error = signer.create_handshake_token(id).unwrap_err();
            assert_eq!((error.code(), error.field()), ("validation", Some("customer_id")), "{id}");
        }
        let token = signer.create_handshake_token("cus_1").unwrap();
        let error = signer.create_handshake_token(token.token()).unwrap_err();
        assert!(error.to_string().contains("is a handshake token"), "{error}");
    }

    /// Rules: T5
    #[test]
    fn token_expires_5_minutes_after_its_timestamp() {
        let signer = HandshakeSigner::new("pk_live_planted", "sk_live_planted").unwrap();
        let token = signer.create_handshake_token("cus_1").unwrap();
        let payload = BASE64_URL_SAFE_NO_PAD.decode(token.token().split_once('.').unwrap().0).unwrap();
        let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        let expires_at = token.expires_at().duration_since(UNIX_EPOCH).unwrap();
        let timestamp = Duration::from_millis(payload["timestamp"].as_u64().unwrap());
        assert_eq!(expires_at.checked_sub(timestamp), Some(Duration::from_secs(5 * 60)));
    }

    /// Rules: T4
    #[test]
    fn each_token_has_another_nonce() {
        let signer = HandshakeSigner::new("pk_live_planted", "sk_live_planted").unwrap();
        let create = |_| signer.create_handshake_token("cus_1").unwrap().token().to_owned();
        assert_eq!((0..1000).map(create).collect::<std::collections::HashSet<_>>().len(), 1000);
    }
}
