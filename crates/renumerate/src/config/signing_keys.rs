//! Keys that sign handshake tokens.

use super::env::{PUBLIC_KEY_VARIABLE, SettingSource, missing, named_by};
use crate::error::Result;
use crate::redact::{BrandKey, PublicKey};

/// The keys that sign handshake tokens, and their sources.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SigningKeys<'a> {
    pub(crate) private_key: (&'a BrandKey, SettingSource),
    pub(crate) public_key: (Option<&'a PublicKey>, SettingSource),
}

impl<'a> SigningKeys<'a> {
    /// Returns the public and the private key if they are not confused with each other. Otherwise, a token could
    /// publish the private key, or anyone could sign.
    ///
    /// # Errors
    ///
    /// A configuration error if the public key is missing, or if one of the keys is invalid.
    pub(crate) fn check(self) -> Result<(&'a str, &'a BrandKey)> {
        let ((private_key, private_source), (public_key, public_source)) =
            (self.private_key, self.public_key);
        let Some(public_key) = public_key else {
            return Err(missing("public_key", PUBLIC_KEY_VARIABLE));
        };
        let public_key = public_key.check(private_key).map_err(|error| named_by(error, public_source))?;
        private_key.check_secrecy().map_err(|error| named_by(error, private_source))?;
        Ok((public_key, private_key))
    }
}
