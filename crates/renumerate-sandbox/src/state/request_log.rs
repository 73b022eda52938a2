//! Log of the received requests.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bounded_store::{BoundedStore, Size};
use crate::redact::truncate;

/// Maximum number of requests in the log. The log is limited, because a sandbox may run for days.
const MAX_REQUESTS: usize = 10_000;

/// Maximum size of the log in bytes.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Maximum length of a recorded problem in bytes.
const PROBLEM_MAX_BYTES: usize = 4 * 1024;

/// Received request, with the status of the response. Fingerprints replace private keys and handshake tokens in all
/// texts.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// Time of arrival, in milliseconds since the sandbox started.
    pub at_ms: u64,
    /// Fingerprint of the private key, or of the key that signed the handshake token; `None` if the request had neither.
    pub key: Option<String>,
    /// Name of the case, script or random fault that defined the response.
    pub case: Option<String>,
    /// HTTP method.
    pub method: String,
    /// Path, including the query.
    pub path: String,
    /// Headers by lower-case name, without the private key.
    pub headers: BTreeMap<String, String>,
    /// Body as text, up to its first 64 KiB.
    pub body: String,
    /// HTTP status of the response; 0 while there is no response.
    pub status: u16,
    /// Difference between this request and the request that the case expects; `None` if there is no difference.
    pub problem: Option<String>,
    /// Number of the connection that carried the request.
    pub connection: u64,
    /// Whether the connection is closed.
    pub closed: bool,
}

/// Log of the received requests, in order of arrival.
#[derive(Debug)]
pub(crate) struct RequestLog {
    records: BoundedStore<Record>,
    received: u64,
}

impl Default for RequestLog {
    fn default() -> Self {
        Self { records: BoundedStore::new(MAX_REQUESTS, MAX_BYTES), received: 0 }
    }
}

impl RequestLog {
    /// Adds a request, and returns its number.
    pub(crate) fn push(&mut self, record: Record) -> usize {
        self.received += 1;
        self.records.push(record, drop)
    }

    /// Number of requests since the log was cleared, including requests that the log has evicted.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Records which case defined the response to a request, and how the request differs from what the case expects.
    pub(crate) fn set_case(&mut self, number: usize, case: &str, problem: Option<&str>) {
        self.update(number, |record| {
            record.case = Some(case.to_owned());
            record.problem = problem.map(|problem| truncate(problem, PROBLEM_MAX_BYTES).to_owned());
        });
    }

    pub(crate) fn set_status(&mut self, number: usize, status: u16) {
        self.update(number, |record| record.status = status);
    }

    fn update(&mut self, number: usize, update: impl FnOnce(&mut Record)) {
        let _none_if_evicted = self.records.update(number, update, drop);
    }

    /// Returns a request, unless it was evicted.
    #[cfg(feature = "widgets")]
    pub(crate) fn get(&self, number: usize) -> Option<&Record> {
        self.records.get(number)
    }

    /// Returns the requests with their numbers, starting at the request with the given number.
    pub(crate) fn iter_from(&self, number: usize) -> impl Iterator<Item = (usize, &Record)> {
        self.records.iter_from(number)
    }

    /// Number that the next added request gets.
    pub(crate) fn end(&self) -> usize {
        self.records.end()
    }

    pub(crate) fn clear(&mut self) {
        self.records.clear();
        self.received = 0;
    }
}

impl Size for Record {
    fn size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len() + 96).sum();
        let texts = [Some(&self.path), Some(&self.body), self.case.as_ref(), self.problem.as_ref()];
        512 + headers + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }
}

impl Record {
    /// Returns whether the key of the request has this fingerprint. If `fingerprint` is `None`, returns `true` for
    /// every request.
    pub(crate) fn has_key(&self, fingerprint: Option<&str>) -> bool {
        fingerprint.is_none() || self.key.as_deref() == fingerprint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::fingerprint;

    fn test_record(key: &str) -> Record {
        Record {
            at_ms: 0,
            key: Some(fingerprint(key)),
            case: None,
            method: "POST".to_owned(),
            path: String::new(),
            headers: BTreeMap::new(),
            body: String::new(),
            status: 0,
            problem: None,
            connection: 0,
            closed: false,
        }
    }

    fn count(log: &RequestLog, key: &str) -> usize {
        log.iter_from(0).filter(|(_, record)| record.has_key(Some(&fingerprint(key)))).count()
    }

    #[test]
    fn oldest_requests_are_evicted_and_numbers_stay_valid() {
        let mut log = RequestLog::default();
        let first = log.push(test_record("a"));
        for _ in 0..MAX_REQUESTS {
            log.push(test_record("b"));
        }
        let last = log.push(test_record("c"));
        log.set_status(first, 1);
        log.set_status(last, 2);
        assert_eq!((count(&log, "a"), count(&log, "b"), count(&log, "c")), (0, MAX_REQUESTS - 1, 1));
        assert_eq!(log.received(), MAX_REQUESTS as u64 + 2);
        let (number, record) = log.iter_from(last).next().unwrap();
        assert_eq!((number, record.status, log.end()), (last, 2, last + 1));
        log.clear();
        log.set_status(last, 3);
        assert!(log.iter_from(0).next().is_none() && log.received() == 0);
    }

    #[test]
    fn long_problem_is_truncated() {
        let mut log = RequestLog::default();
        let number = log.push(test_record("a"));
        log.set_case(number, "case", Some(&"é".repeat(1_000_000)));
        let (_, record) = log.iter_from(number).next().unwrap();
        assert_eq!(record.problem.as_ref().map(String::len), Some(PROBLEM_MAX_BYTES));
        let size: usize = log.iter_from(0).map(|(_, record)| record.size()).sum();
        assert!(size < MAX_BYTES);
    }
}
