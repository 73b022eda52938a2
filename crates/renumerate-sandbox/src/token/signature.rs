//! Check of a token's signature.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{HandshakeToken, TokenError, TokenErrorKind};

/// Length of a signature in bytes.
const SIGNATURE_BYTES: usize = 32;

/// Texts that files and variables may add to the end of a key by mistake.
const KEY_ENDINGS: [&str; 3] = ["\n", "\r\n", " "];

/// Returns the HMAC of these bytes. A key of any length is valid, so the result is never `None`.
fn hmac(key: &[u8], signed: &[u8]) -> Option<Hmac<Sha256>> {
    Some(Hmac::new_from_slice(key).ok()?.chain_update(signed))
}

/// Returns the signature of a payload.
#[cfg(feature = "widgets")]
pub(super) fn sign(key: &[u8], payload: &[u8]) -> Option<Vec<u8>> {
    Some(hmac(key, payload)?.finalize().into_bytes().to_vec())
}

impl HandshakeToken {
    /// Checks that one of the private keys has signed the token, and returns this key.
    ///
    /// # Errors
    ///
    /// [`TokenErrorKind::Signature`] with the mistake of the signer, if it is a known one.
    pub fn check_signature<'a>(&self, private_keys: &'a [String]) -> Result<&'a str, TokenError> {
        let signer = private_keys.iter().find(|key| self.is_signed_with(key.as_bytes(), &self.payload));
        signer.map(String::as_str).ok_or_else(|| TokenError {
            kind: TokenErrorKind::Signature,
            remedy: self.signature_remedy(private_keys),
        })
    }

    /// Compares the signature in constant time.
    fn is_signed_with(&self, key: &[u8], signed: &[u8]) -> bool {
        hmac(key, signed).is_some_and(|mac| mac.verify_slice(&self.signature).is_ok())
    }

    fn signature_remedy(&self, private_keys: &[String]) -> String {
        let signature = &self.signature;
        if signature.len() == 2 * SIGNATURE_BYTES && signature.iter().all(u8::is_ascii_hexdigit) {
            return "the signature is encoded hex digits; encode the 32 bytes of the HMAC".to_owned();
        }
        if signature.len() != SIGNATURE_BYTES {
            return format!(
                "the signature has {} bytes, but an HMAC-SHA256 has {SIGNATURE_BYTES}",
                signature.len()
            );
        }
        if self.is_signed_with(self.public_key.as_bytes(), &self.payload) {
            return "the token is signed with the public key; sign it with the private key".to_owned();
        }
        for key in private_keys {
            if self.is_signed_with(key.as_bytes(), self.encoded_payload.as_bytes()) {
                return "the encoded payload is signed; sign the bytes of the JSON, before encoding"
                    .to_owned();
            }
            if KEY_ENDINGS
                .iter()
                .any(|ending| self.is_signed_with(format!("{key}{ending}").as_bytes(), &self.payload))
            {
                return "the private key of the backend ends with white space; remove it".to_owned();
            }
        }
        "another key has signed the token, or the payload was changed after signing; check the private key of the \
         backend, and sign and encode the same bytes"
            .to_owned()
    }
}
