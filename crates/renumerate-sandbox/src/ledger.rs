//! What came: every request, with its key as a fingerprint only.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use sha2::{Digest, Sha256};

/// How many requests are remembered; a sandbox may run for days.
const REMEMBERED: usize = 10_000;

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
    /// The body as text.
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
}

impl Ledger {
    /// Takes a record down and returns its number, under which it can be amended.
    pub(crate) fn push(&mut self, record: Record) -> usize {
        self.pushed += 1;
        if self.records.len() == REMEMBERED {
            self.records.pop_front();
            self.forgotten += 1;
        }
        self.records.push_back(record);
        self.forgotten + self.records.len() - 1
    }

    /// How many were taken down since the ledger was cleared, those among them that are forgotten.
    pub(crate) fn pushed(&self) -> u64 {
        self.pushed
    }

    pub(crate) fn amend(&mut self, number: usize, change: impl FnOnce(&mut Record)) {
        let at = number.checked_sub(self.forgotten);
        if let Some(record) = at.and_then(|at| self.records.get_mut(at)) {
            change(record);
        }
    }

    /// Takes down that a connection is closed.
    pub(crate) fn closed(&mut self, connection: u64) {
        for record in self.records.iter_mut().filter(|record| record.connection == connection) {
            record.closed = true;
        }
    }

    /// The records of one key, or of all.
    pub(crate) fn of(&self, key: Option<&str>) -> Vec<Record> {
        let wanted = key.map(fingerprint);
        self.records.iter().filter(|record| wanted.is_none() || record.key == wanted).cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.forgotten += self.records.len();
        self.records.clear();
        self.pushed = 0;
    }
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

    #[test]
    fn the_oldest_are_forgotten_and_numbers_stay_right() {
        let mut ledger = Ledger::default();
        let first = ledger.push(record("a"));
        for _ in 0..REMEMBERED {
            ledger.push(record("b"));
        }
        let last = ledger.push(record("c"));
        ledger.amend(first, |record| record.status = 1);
        ledger.amend(last, |record| record.status = 2);
        assert_eq!(ledger.of(None).len(), REMEMBERED);
        assert_eq!(ledger.pushed(), REMEMBERED as u64 + 2);
        assert!(ledger.of(Some("a")).is_empty());
        assert_eq!(ledger.of(Some("c"))[0].status, 2);
        ledger.clear();
        ledger.amend(last, |record| record.status = 3);
        assert!(ledger.of(None).is_empty() && ledger.pushed() == 0);
    }

    #[test]
    fn a_fingerprint_holds_nothing_of_its_key() {
        assert_eq!(fingerprint("abc"), "sha256:ba7816bf8f01"); // the first bytes of the standard's own example
    }
}
