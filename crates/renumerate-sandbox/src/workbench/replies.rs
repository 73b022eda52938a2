//! What was answered to the latest requests. It is kept apart from the ledger, so that it takes no record's place there.

use std::collections::VecDeque;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::masking::{KEY_MIN_BYTES, masked, masked_beginning};

/// How many answers are remembered.
const REMEMBERED: usize = 500;

/// How large these may be together, in bytes.
const REMEMBERED_BYTES: usize = 1024 * 1024;

/// How much of a body is taken down.
pub(super) const BODY_MAX_BYTES: usize = 1024;

/// How much of the headers is.
const HEADERS_MAX_BYTES: usize = 2048;

/// An answer as far as it is shown. It is taken down for each request, and read for few: it has what the answer has.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// The beginning of the body.
    pub(super) body: Bytes,
    /// How long the body is, as far as it was sent.
    pub(super) bytes: u64,
}

impl Reply {
    /// An answer of which only the head is known, without these keys.
    pub(super) fn new(headers: &HeaderMap, keys: &[String]) -> Self {
        let mut room = HEADERS_MAX_BYTES;
        let headers = headers.iter().map_while(|(name, value)| {
            room = room.checked_sub(name.as_str().len() + value.len())?;
            Some((name.clone(), without_keys(value, keys)))
        });
        Self { headers: headers.collect(), body: Bytes::new(), bytes: 0 }
    }

    /// Takes down a body, as far as it is known: all of it, or its beginning.
    pub(super) fn body_is(&mut self, beginning: &Bytes, bytes: u64, keys: &[String]) {
        self.bytes = bytes;
        self.body = if beginning.len() > BODY_MAX_BYTES || keys.iter().any(|key| holds(beginning, key)) {
            let text = String::from_utf8_lossy(beginning);
            masked_beginning(&text, keys, BODY_MAX_BYTES).into_owned().into()
        } else {
            beginning.clone()
        };
    }

    /// About what it takes in memory.
    fn size(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 96);
        128 + headers.sum::<usize>() + self.body.len()
    }
}

fn holds(bytes: &[u8], key: &str) -> bool {
    key.len() >= KEY_MIN_BYTES && bytes.windows(key.len()).any(|window| window == key.as_bytes())
}

fn without_keys(value: &HeaderValue, keys: &[String]) -> HeaderValue {
    if !keys.iter().any(|key| holds(value.as_bytes(), key)) {
        return value.clone();
    }
    let text = String::from_utf8_lossy(value.as_bytes());
    HeaderValue::from_bytes(masked(&text, keys).as_bytes()).unwrap_or(HeaderValue::from_static(""))
}

/// The latest answers, by the numbers of their requests.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    latest: VecDeque<(usize, Reply)>,
    bytes: usize,
}

impl Replies {
    pub(crate) fn push(&mut self, number: usize, reply: Reply) {
        self.bytes += reply.size();
        self.latest.push_back((number, reply));
        self.forget_the_oldest();
    }

    /// Takes down more of an answer, unless it is forgotten.
    pub(super) fn amend(&mut self, number: usize, amend: impl FnOnce(&mut Reply)) {
        let Some((_, reply)) = self.latest.iter_mut().rev().find(|(known, _)| *known == number) else {
            return;
        };
        let before = reply.size();
        amend(reply);
        self.bytes = self.bytes + reply.size() - before;
        self.forget_the_oldest();
    }

    pub(super) fn find(&self, number: usize) -> Option<&Reply> {
        self.latest.iter().rev().find(|(known, _)| *known == number).map(|(_, reply)| reply)
    }

    fn forget_the_oldest(&mut self) {
        while self.latest.len() > REMEMBERED || self.bytes > REMEMBERED_BYTES {
            let Some((_, oldest)) = self.latest.pop_front() else { break };
            self.bytes -= oldest.size();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ledger::{Record, fingerprint};
    use crate::router::Memory;

    fn reply(body: usize) -> Reply {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        let mut reply = Reply::new(&headers, &[]);
        reply.body_is(&vec![b'x'; body].into(), body as u64, &[]);
        reply
    }

    /// As a client of this project sends it.
    fn record() -> Record {
        let headers = [
            ("accept", "application/json"),
            ("accept-encoding", "gzip, br"),
            ("content-length", "48"),
            ("content-type", "application/json"),
            ("host", "127.0.0.1:12780"),
            ("user-agent", "renumerate (rust; linux; x86_64)"),
            ("x-request-id", "4f1c2b7e-6a0d-4f3c-9c1f-2f4b7c1d5e6f"),
        ];
        let headers: BTreeMap<_, _> =
            headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        Record {
            at_ms: 0,
            key: Some(fingerprint("sk_a")),
            case: None,
            method: "POST".to_owned(),
            path: "/v1/retention/session".to_owned(),
            headers,
            body: r#"{"retention":{"customer_id":"cus_NffrFeUfNV2Hib"}}"#.to_owned(),
            status: 0,
            problem: None,
            connection: 1,
            closed: false,
        }
    }

    #[test]
    fn answers_take_no_records_place() {
        let mut memory = Memory::default();
        for _ in 0..10_000 {
            let number = memory.came(record());
            memory.answered_with(number, 200, reply(BODY_MAX_BYTES));
        }
        assert_eq!(memory.ledger.from(0).count(), 10_000);
        assert_eq!(memory.replies.latest.len(), REMEMBERED);
        assert!(memory.replies.find(9_999).is_some() && memory.replies.find(0).is_none());
    }

    #[test]
    fn large_ones_are_forgotten_sooner() {
        let mut replies = Replies::default();
        let large = Reply {
            headers: vec![(HeaderName::from_static("x"), HeaderValue::from_bytes(&[b'x'; 10_000]).unwrap())],
            ..reply(0)
        };
        for number in 0..REMEMBERED {
            replies.push(number, large.clone());
        }
        replies.amend(REMEMBERED - 1, |reply| reply.body_is(&vec![b'x'; 5000].into(), 5000, &[]));
        replies.amend(0, |_| panic!("it is forgotten"));
        let all: usize = replies.latest.iter().map(|(_, reply)| reply.size()).sum();
        assert_eq!(replies.bytes, all);
        assert!(all <= REMEMBERED_BYTES && all > REMEMBERED_BYTES - 22_000, "{all}");
        let last = replies.find(REMEMBERED - 1).unwrap();
        assert_eq!((last.body.len(), last.bytes), (BODY_MAX_BYTES, 5000));
    }
}
