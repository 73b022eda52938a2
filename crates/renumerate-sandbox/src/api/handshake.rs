//! Acceptance of handshake tokens.

use std::time::SystemTime;

use super::acceptance::{Accepted, Rejection};
use crate::contract::{EXCHANGE, SessionRequest};
use crate::redact::fingerprint;
use crate::state::{MintRequest, Settings, Store};
use crate::token::{HandshakeToken, TokenError};

/// Handshake token that passed all checks except that of its nonce.
pub(super) struct VerifiedToken {
    customer_id: String,
    nonce: String,
    /// Fingerprint of the private key that signed the token.
    pub(super) key: String,
}

/// Checks the format, public key, signature and age of a token. `token` is the token of the request, or the reason why
/// the request contains none.
pub(super) fn verify(settings: &Settings, token: Result<String, String>) -> Result<VerifiedToken, Rejection> {
    let token = HandshakeToken::parse(&token.map_err(Rejection::Body)?)?;
    token.check_brand(&settings.public_key)?;
    let key = fingerprint(token.check_signature(&settings.keys)?);
    token.check_age(SystemTime::now())?;
    Ok(VerifiedToken { customer_id: token.customer_id, nonce: token.nonce, key })
}

/// Accepts a token that was not used before. A token is used even if the response is an error of a script.
pub(super) fn accept(
    settings: &Settings,
    store: &mut Store,
    token: VerifiedToken,
) -> Result<Accepted, Rejection> {
    let VerifiedToken { customer_id, nonce, key } = token;
    if !store.use_nonce(&nonce) {
        return Err(TokenError::used().into());
    }
    let request = SessionRequest { customer_id: Some(customer_id), ..SessionRequest::default() };
    // The browser receives the response, so a script must not insert the private key.
    let script_key = settings.public_key.clone();
    Ok(Accepted { mint: MintRequest { endpoint: &EXCHANGE, request, key }, script_key })
}
