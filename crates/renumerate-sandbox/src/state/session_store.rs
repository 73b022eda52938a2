//! Session ids, and the sessions that this sandbox created.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use serde::Serialize;

use super::bounded_store::{BoundedStore, Size};
use crate::contract::{Endpoint, SessionRequest};
use crate::domain::SessionOutcome;

/// Maximum number of sessions in the store. The store is limited, because a sandbox may run for days.
const MAX_SESSIONS: usize = 100_000;

/// Maximum size of the store in bytes. A session usually takes some hundred bytes, but customer ids may be long.
const MAX_BYTES: usize = 48 * 1024 * 1024;

/// Session that a sandbox created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionRecord {
    /// Kind of session: `retention`, `subscription`, or `handshake` if a handshake token was exchanged for it.
    pub kind: &'static str,
    /// The customer's id, if the request had one.
    pub customer_id: Option<String>,
    /// The customer's e-mail address, if the request had one.
    pub customer_email: Option<String>,
    /// The subscription's id, if the request had one.
    pub subscription_id: Option<String>,
    /// Fingerprint of the private key with which the session was requested, or with which the token was signed.
    pub key: String,
    /// Time of the request, in milliseconds since the sandbox started.
    pub at_ms: u64,
    /// Outcomes of the session in the widgets, in order of time.
    pub outcomes: Vec<SessionOutcome>,
    /// Open cancel flows in which the customer has not decided yet. A flow of a handshake session has the id of its
    /// subscription. Other sessions have one flow, without an id.
    #[serde(skip)]
    pub(crate) open_flows: Vec<String>,
    /// Id of the subscription for which the SubscriptionHub has requested the cancel flow.
    #[serde(skip)]
    pub(crate) cancel_requested: Option<String>,
}

impl SessionRecord {
    pub(crate) fn new(kind: &'static str, request: SessionRequest, key: String, at_ms: u64) -> Self {
        let SessionRequest { customer_id, customer_email, subscription_id } = request;
        Self {
            kind,
            customer_id,
            customer_email,
            subscription_id,
            key,
            at_ms,
            outcomes: Vec::new(),
            open_flows: Vec::new(),
            cancel_requested: None,
        }
    }
}

/// Entry of the store.
#[derive(Debug)]
struct Entry {
    id: Arc<str>,
    session: SessionRecord,
}

impl Size for Entry {
    fn size(&self) -> usize {
        let SessionRecord {
            customer_id,
            customer_email,
            subscription_id,
            cancel_requested,
            open_flows,
            outcomes,
            ..
        } = &self.session;
        let texts = [customer_id, customer_email, subscription_id, cancel_requested];
        let outcomes = outcomes.iter().map(SessionOutcome::size).sum::<usize>();
        500 + texts.into_iter().flatten().chain(open_flows).map(String::len).sum::<usize>() + outcomes
    }
}

/// Sessions that this sandbox created.
#[derive(Debug)]
pub(crate) struct SessionStore {
    sessions: BoundedStore<Entry>,
    /// Number of each session in `sessions`, by session id.
    numbers: HashMap<Arc<str>, usize>,
    minted: u64,
}

impl Default for SessionStore {
    fn default() -> Self {
        Self { sessions: BoundedStore::new(MAX_SESSIONS, MAX_BYTES), numbers: HashMap::new(), minted: 0 }
    }
}

impl SessionStore {
    /// Creates a session, and returns its id. The id consists of the endpoint's prefix and of random bytes, as many as
    /// in the vendor's sample ids.
    pub(crate) fn mint(
        &mut self,
        endpoint: &'static Endpoint,
        request: SessionRequest,
        key: String,
        at_ms: u64,
    ) -> Result<Arc<str>, getrandom::Error> {
        let mut bytes = vec![0; endpoint.id_bytes];
        getrandom::fill(&mut bytes)?;
        let id: Arc<str> = format!("{}{}", endpoint.id_prefix, URL_SAFE.encode(bytes)).into();
        let session = SessionRecord::new(endpoint.kind, request, key, at_ms);
        let numbers = &mut self.numbers;
        // The id is added to `numbers` before the session is stored, because a session that is too large for the store
        // is evicted at once. The eviction then removes the id again.
        numbers.insert(Arc::clone(&id), self.sessions.end());
        self.sessions.push(Entry { id: Arc::clone(&id), session }, |evicted| {
            numbers.remove(&evicted.id);
        });
        self.minted += 1;
        Ok(id)
    }

    /// Changes a session, unless it was evicted.
    #[cfg(feature = "widgets")]
    pub(crate) fn update<T>(&mut self, id: &str, update: impl FnOnce(&mut SessionRecord) -> T) -> Option<T> {
        let number = *self.numbers.get(id)?;
        let numbers = &mut self.numbers;
        self.sessions.update(
            number,
            |entry| update(&mut entry.session),
            |evicted| {
                numbers.remove(&evicted.id);
            },
        )
    }

    /// Number of created sessions, including sessions that the store has evicted.
    pub(crate) fn minted(&self) -> u64 {
        self.minted
    }

    /// Returns the ids of the stored sessions, the latest first.
    #[cfg(feature = "widgets")]
    pub(crate) fn latest(&self) -> impl Iterator<Item = &Arc<str>> {
        self.sessions.iter_from(0).rev().map(|(_, entry)| &entry.id)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&SessionRecord> {
        Some(&self.sessions.get(*self.numbers.get(id)?)?.session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::endpoint_at;

    #[test]
    fn ids_have_the_lengths_of_the_vendors_samples_and_are_random() {
        let mut store = SessionStore::default();
        for (path, length) in [("/v1/retention/session", 4 + 116), ("/v1/subscription/session", 4 + 124)] {
            let endpoint = endpoint_at(path).unwrap();
            let mut mint = || store.mint(endpoint, SessionRequest::default(), String::new(), 0).unwrap();
            let (one, other) = (mint(), mint());
            assert_eq!((one.len(), other.len()), (length, length));
            assert_ne!(one, other);
            // No quarter of one id is the same as that quarter of the other id.
            let quarters = |id: &str| id.as_bytes()[4..].chunks(29).map(<[u8]>::to_vec).collect::<Vec<_>>();
            assert!(quarters(&one).iter().zip(quarters(&other)).all(|(one, other)| *one != other));
            assert!(one.starts_with(endpoint.id_prefix) && store.get(&one).is_some());
        }
        assert!(store.get("ret_forged").is_none());
    }

    #[test]
    fn oldest_sessions_are_evicted() {
        let mut store = SessionStore::default();
        let endpoint = endpoint_at("/v1/retention/session").unwrap();
        let mut mint = || store.mint(endpoint, SessionRequest::default(), String::new(), 0).unwrap();
        let (first, second) = (mint(), mint());
        for _ in 2..=MAX_SESSIONS {
            mint();
        }
        assert!(store.get(&first).is_none() && store.get(&second).is_some());
        assert_eq!(store.numbers.len(), MAX_SESSIONS);
        assert_eq!(store.minted(), MAX_SESSIONS as u64 + 1);
    }

    #[test]
    fn session_that_is_too_large_is_not_stored() {
        let mut store = SessionStore::default();
        let endpoint = endpoint_at("/v1/retention/session").unwrap();
        let request =
            SessionRequest { customer_email: Some("x".repeat(MAX_BYTES)), ..SessionRequest::default() };
        let id = store.mint(endpoint, request, String::new(), 0).unwrap();
        assert!(store.get(&id).is_none() && store.numbers.is_empty());
    }
}
