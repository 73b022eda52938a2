//! What came: every request, with its key as a fingerprint only.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::Serialize;
use sha2::{Digest, Sha256};

/// How many requests are remembered; a sandbox may run for days.
const REMEMBERED: usize = 10_000;

/// How large these may be together, in bytes.
const REMEMBERED_BYTES: usize = 16 * 1024 * 1024;

/// How much of a case's complaint is kept.
const PROBLEM_MAX_BYTES: usize = 4 * 1024;

/// A request that came, and how it was answered.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// When it came, in milliseconds since the sandbox started.
    pub at_ms: u64,
    /// The fingerprint of its key; `None` without one.
    pub key: Option<String>,
    /// The case, the script or the fault of chaos that answered it.
    pub case: Option<String>,
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers by lower-case name, but for the key.
    pub headers: BTreeMap<String, String>,
    /// The body as text, up to its first 64 KiB.
    pub body: String,
    /// The status of the answer; 0 while there is none.
    pub status: u16,
    /// How the request differs from what its case expects.
    pub problem: Option<String>,
    /// The number of the connection that it came on.
    pub connection: u64,
    /// That connection is closed.
    pub closed: bool,
}

/// The requests in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    records: VecDeque<Record>,
    forgotten: usize,
    pushed: u64,
    bytes: usize,
}

impl Ledger {
    /// Takes a record down and returns its number, under which it can be amended.
    pub(crate) fn push(&mut self, record: Record) -> usize {
        self.pushed += 1;
        self.bytes += record.bytes();
        self.records.push_back(record);
        let number = self.forgotten + self.records.len() - 1;
        self.forget_the_oldest();
        number
    }

    fn forget_the_oldest(&mut self) {
        while self.records.len() > REMEMBERED || self.bytes > REMEMBERED_BYTES {
            let Some(oldest) = self.records.pop_front() else { break };
            self.bytes -= oldest.bytes();
            self.forgotten += 1;
        }
    }

    /// How many were taken down since the ledger was cleared, those among them that are forgotten.
    pub(crate) fn pushed(&self) -> u64 {
        self.pushed
    }

    /// Takes down what answered a request, and how the two differ.
    pub(crate) fn played(&mut self, number: usize, case: &str, problem: Option<&str>) {
        let Some(record) = self.record_mut(number) else { return };
        let before = record.bytes();
        record.case = Some(case.to_owned());
        record.problem = problem.map(|problem| cut(problem, PROBLEM_MAX_BYTES).to_owned());
        let after = record.bytes();
        self.bytes = self.bytes + after - before;
        self.forget_the_oldest();
    }

    pub(crate) fn answered(&mut self, number: usize, status: u16) {
        if let Some(record) = self.record_mut(number) {
            record.status = status;
        }
    }

    /// A record, unless it is forgotten.
    #[cfg(feature = "widgets")]
    pub(crate) fn record(&self, number: usize) -> Option<&Record> {
        self.records.get(number.checked_sub(self.forgotten)?)
    }

    fn record_mut(&mut self, number: usize) -> Option<&mut Record> {
        self.records.get_mut(number.checked_sub(self.forgotten)?)
    }

    /// The records from a number on, each with its number.
    pub(crate) fn from(&self, number: usize) -> impl Iterator<Item = (usize, &Record)> {
        let passed = number.saturating_sub(self.forgotten);
        let records = self.records.iter().enumerate().skip(passed);
        records.map(|(at, record)| (self.forgotten + at, record))
    }

    /// The number that the next record will have.
    pub(crate) fn end(&self) -> usize {
        self.forgotten + self.records.len()
    }

    pub(crate) fn clear(&mut self) {
        self.forgotten += self.records.len();
        self.records.clear();
        (self.pushed, self.bytes) = (0, 0);
    }
}

/// About what headers take in memory.
fn headers_bytes(headers: &BTreeMap<String, String>) -> usize {
    headers.iter().map(|(name, value)| name.len() + value.len() + 96).sum()
}

impl Record {
    /// About what it takes in memory.
    fn bytes(&self) -> usize {
        let texts = [Some(&self.path), Some(&self.body), self.case.as_ref(), self.problem.as_ref()];
        512 + headers_bytes(&self.headers) + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }

    /// The record as it is shown, where it is known which connections are open.
    pub(crate) fn shown<C>(&self, open: &HashMap<u64, C>) -> Self {
        Self { closed: !open.contains_key(&self.connection), ..self.clone() }
    }

    pub(crate) fn is_of(&self, key: Option<&str>) -> bool {
        key.is_none() || self.key.as_deref() == key
    }
}

/// The beginning of a text.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// What stands for a key wherever it is shown: enough to tell keys apart, nothing to call with.
pub(crate) fn fingerprint(key: &str) -> String {
    let digest = Sha256::digest(key);
    digest.iter().take(6).fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(key: &str) -> Record {
        Record {
            at_ms: 0,
            key: Some(fingerprint(key)),
            case: None,
            method: String::new(),
            path: String::new(),
            headers: BTreeMap::new(),
            body: String::new(),
            status: 0,
            problem: None,
            connection: 0,
            closed: false,
        }
    }

    fn count(ledger: &Ledger, key: &str) -> usize {
        ledger.from(0).filter(|(_, record)| record.is_of(Some(&fingerprint(key)))).count()
    }

    #[test]
    fn the_oldest_are_forgotten_and_numbers_stay_right() {
        let mut ledger = Ledger::default();
        let first = ledger.push(record("a"));
        for _ in 0..REMEMBERED {
            ledger.push(record("b"));
        }
        let last = ledger.push(record("c"));
        ledger.answered(first, 1);
        ledger.answered(last, 2);
        assert_eq!((count(&ledger, "a"), count(&ledger, "b"), count(&ledger, "c")), (0, REMEMBERED - 1, 1));
        assert_eq!(ledger.pushed(), REMEMBERED as u64 + 2);
        let (number, record) = ledger.from(last).next().unwrap();
        assert_eq!((number, record.status, ledger.end()), (last, 2, last + 1));
        assert_eq!(ledger.from(0).next().unwrap().0, first + 2);
        ledger.clear();
        ledger.answered(last, 3);
        assert!(ledger.from(0).next().is_none() && ledger.pushed() == 0 && ledger.bytes == 0);
    }

    #[test]
    fn large_ones_are_forgotten_sooner() {
        let mut ledger = Ledger::default();
        let large = Record { body: "x".repeat(100_000), ..record("a") };
        let numbers: Vec<_> = (0..1000).map(|_| ledger.push(large.clone())).collect();
        let all: usize = ledger.from(0).map(|(_, record)| record.bytes()).sum();
        assert_eq!(ledger.bytes, all);
        assert!(all <= REMEMBERED_BYTES && all > REMEMBERED_BYTES - 101_000, "{all}");
        assert_eq!(ledger.end(), numbers.last().unwrap() + 1);

        let before = ledger.bytes;
        ledger.played(*numbers.last().unwrap(), "case", Some(&"é".repeat(1_000_000)));
        ledger.played(*numbers.first().unwrap(), "case", Some("it is forgotten"));
        assert!(ledger.bytes < before + PROBLEM_MAX_BYTES + 10);
        let all: usize = ledger.from(0).map(|(_, record)| record.bytes()).sum();
        assert_eq!(ledger.bytes, all);
    }

    #[test]
    fn a_fingerprint_holds_nothing_of_its_key() {
        assert_eq!(fingerprint("abc"), "sha256:ba7816bf8f01"); // the first bytes of the standard's own example
    }
}
