//! Nonces of the handshake tokens that were exchanged.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::bounded_store::{BoundedStore, Size};

/// Maximum number of stored nonces. It is the number of sessions that a sandbox stores.
const MAX_NONCES: usize = 100_000;

/// Digest of a nonce. Nonces may be long, but their digests have the same size.
type NonceDigest = [u8; 32];

impl Size for NonceDigest {
    fn size(&self) -> usize {
        self.len()
    }
}

/// The latest nonces.
#[derive(Debug)]
pub(super) struct NonceStore {
    latest: BoundedStore<NonceDigest>,
    index: HashSet<NonceDigest>,
}

impl Default for NonceStore {
    fn default() -> Self {
        Self::new(MAX_NONCES)
    }
}

impl NonceStore {
    fn new(max_nonces: usize) -> Self {
        Self { latest: BoundedStore::new(max_nonces, usize::MAX), index: HashSet::new() }
    }

    /// Returns whether the store contains a nonce.
    #[cfg(feature = "widgets")]
    pub(super) fn contains(&self, nonce: &str) -> bool {
        self.index.contains(&NonceDigest::from(Sha256::digest(nonce)))
    }

    /// Adds a nonce. Returns `false` if the store already contains it.
    pub(super) fn insert(&mut self, nonce: &str) -> bool {
        let digest: NonceDigest = Sha256::digest(nonce).into();
        let Self { latest, index } = self;
        let is_new = index.insert(digest);
        if is_new {
            latest.push(digest, |evicted| {
                index.remove(&evicted);
            });
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonce_is_new_once_and_the_oldest_are_evicted() {
        let mut nonces = NonceStore::new(2);
        assert!(nonces.insert("a") && nonces.insert("b"));
        assert!(!nonces.insert("a") && !nonces.insert("b"));
        assert!(nonces.insert("c") && !nonces.insert("b") && nonces.insert("a"));
        assert_eq!(nonces.index.len(), 2);
    }
}
