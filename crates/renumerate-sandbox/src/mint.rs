//! Session ids, and the table of those that were minted here.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use serde::Serialize;

use crate::contract::{Asked, Endpoint};
use crate::outcome::SessionOutcome;

/// How many sessions are remembered; a sandbox may run for days.
const REMEMBERED: usize = 100_000;

/// How large these may be together, in bytes: some hundred each are usual, and a customer's id may be of any length.
const REMEMBERED_BYTES: usize = 48 * 1024 * 1024;

/// What a session id stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionRecord {
    /// `retention` or `subscription`.
    pub kind: &'static str,
    /// The customer's id, where the request gave one.
    pub customer_id: Option<String>,
    /// The customer's e-mail, where the request gave one.
    pub customer_email: Option<String>,
    /// The subscription's id, where the request gave one.
    pub subscription_id: Option<String>,
    /// The fingerprint of the key that it was minted with.
    pub key: String,
    /// When it was minted, in milliseconds since the sandbox started.
    pub at_ms: u64,
    /// What came of it in the widgets.
    pub outcomes: Vec<SessionOutcome>,
    /// The cancel flow is open, and nothing has been decided in it.
    #[serde(skip)]
    pub(crate) undecided: bool,
    /// The subscription for which the SubscriptionHub has asked for the cancel flow.
    #[serde(skip)]
    pub(crate) asked_for: Option<String>,
    /// That flow opens in the hub's own frame.
    #[serde(skip)]
    pub(crate) within_hub: bool,
}

/// How many outcomes of one session are remembered, the latest: the hub's sessions may have many.
#[cfg(feature = "widgets")]
const OUTCOMES: usize = 20;

impl SessionRecord {
    /// Takes down the one decision of an open flow; `false` where none is open.
    #[cfg(feature = "widgets")]
    pub(crate) fn decide(&mut self, outcome: SessionOutcome) -> bool {
        let undecided = std::mem::take(&mut self.undecided);
        if undecided {
            self.asked_for = None;
            self.outcomes.push(outcome);
            if self.outcomes.len() > OUTCOMES {
                self.outcomes.remove(0);
            }
        }
        undecided
    }

    /// About what it takes in memory, with its id.
    fn bytes(&self) -> usize {
        let texts = [&self.customer_id, &self.customer_email, &self.subscription_id, &self.asked_for];
        let outcomes = self.outcomes.iter().map(SessionOutcome::bytes).sum::<usize>();
        500 + texts.into_iter().flatten().map(String::len).sum::<usize>() + outcomes
    }
}

/// The sessions that were minted here: a forged id is not among them.
#[derive(Debug, Default)]
pub(crate) struct Mint {
    sessions: HashMap<Arc<str>, SessionRecord>,
    order: VecDeque<Arc<str>>,
    minted: u64,
    bytes: usize,
}

impl Mint {
    /// A new id for what was asked: random bytes of the vendor's length, sealed behind the prefix.
    pub(crate) fn mint(
        &mut self,
        endpoint: &'static Endpoint,
        asked: Asked,
        key: String,
        at_ms: u64,
    ) -> Result<String, getrandom::Error> {
        let mut bytes = vec![0; endpoint.id_bytes];
        getrandom::fill(&mut bytes)?;
        let id = format!("{}{}", endpoint.id_prefix, URL_SAFE.encode(bytes));
        let Asked { customer_id, customer_email, subscription_id } = asked;
        let kind = endpoint.envelope;
        let session = SessionRecord {
            kind,
            customer_id,
            customer_email,
            subscription_id,
            key,
            at_ms,
            outcomes: Vec::new(),
            undecided: false,
            asked_for: None,
            within_hub: false,
        };
        self.minted += 1;
        self.bytes += session.bytes();
        let known: Arc<str> = id.as_str().into();
        self.order.push_back(Arc::clone(&known));
        self.sessions.insert(known, session);
        self.forget_the_oldest();
        Ok(id)
    }

    fn forget_the_oldest(&mut self) {
        while self.order.len() > REMEMBERED || self.bytes > REMEMBERED_BYTES {
            let Some(oldest) = self.order.pop_front() else { break };
            self.bytes -= self.sessions.remove(&oldest).map_or(0, |session| session.bytes());
        }
    }

    /// Takes down what became of a session.
    #[cfg(feature = "widgets")]
    pub(crate) fn amend<T>(&mut self, id: &str, amend: impl FnOnce(&mut SessionRecord) -> T) -> Option<T> {
        let session = self.sessions.get_mut(id)?;
        let before = session.bytes();
        let amended = amend(session);
        self.bytes = self.bytes + session.bytes() - before;
        self.forget_the_oldest();
        Some(amended)
    }

    /// How many were minted, those among them that are forgotten.
    pub(crate) fn minted(&self) -> u64 {
        self.minted
    }

    /// The ids of those that are remembered, the latest first.
    #[cfg(feature = "widgets")]
    pub(crate) fn latest(&self) -> impl Iterator<Item = &Arc<str>> {
        self.order.iter().rev()
    }

    pub(crate) fn find(&self, id: &str) -> Option<&SessionRecord> {
        self.sessions.get(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::endpoint_at;

    #[test]
    fn ids_have_the_lengths_of_the_vendors_samples_and_are_never_the_same() {
        let mut mint = Mint::default();
        for (path, length) in [("/v1/retention/session", 4 + 116), ("/v1/subscription/session", 4 + 124)] {
            let endpoint = endpoint_at(path).unwrap();
            let mut id = || mint.mint(endpoint, Asked::default(), String::new(), 0).unwrap();
            let (one, other) = (id(), id());
            assert_eq!((one.len(), other.len()), (length, length));
            assert_ne!(one, other);
            // Random throughout: no quarter of the two is the same.
            let quarters = |id: &str| id.as_bytes()[4..].chunks(29).map(<[u8]>::to_vec).collect::<Vec<_>>();
            assert!(quarters(&one).iter().zip(quarters(&other)).all(|(one, other)| *one != other));
            assert!(one.starts_with(endpoint.id_prefix) && mint.find(&one).is_some());
        }
        assert!(mint.find("ret_forged").is_none());
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut mint = Mint::default();
        let endpoint = endpoint_at("/v1/retention/session").unwrap();
        let mut id = || mint.mint(endpoint, Asked::default(), String::new(), 0).unwrap();
        let (first, second) = (id(), id());
        for _ in 2..=REMEMBERED {
            id();
        }
        assert!(mint.find(&first).is_none() && mint.find(&second).is_some());
        assert_eq!((mint.sessions.len(), mint.order.len()), (REMEMBERED, REMEMBERED));
        assert_eq!(mint.minted(), REMEMBERED as u64 + 1);
    }

    #[test]
    fn large_ones_are_forgotten_sooner() {
        let mut mint = Mint::default();
        let endpoint = endpoint_at("/v1/retention/session").unwrap();
        let asked = Asked { customer_email: Some("x".repeat(100_000)), ..Asked::default() };
        let ids: Vec<_> =
            (0..1000).map(|_| mint.mint(endpoint, asked.clone(), String::new(), 0).unwrap()).collect();
        let all: usize = mint.sessions.values().map(SessionRecord::bytes).sum();
        assert_eq!(mint.bytes, all);
        assert!(all <= REMEMBERED_BYTES && all > REMEMBERED_BYTES - 101_000, "{all}");
        assert!(mint.find(&ids[0]).is_none() && mint.find(&ids[999]).is_some());
    }
}
