//! Log of the changes of requests and sessions. The dashboard's events are created from this log.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::watch;

use crate::redact::fingerprint;
use crate::state::{BoundedStore, Size};

/// Maximum number of changes in the log. A listener that has missed more changes receives the current state instead.
const MAX_CHANGES: usize = 4096;

/// Change of a request or session, or reset of the sandbox. The change contains no data: the event for the change is
/// created later, with the data that the request or session has when the event is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The request with this number in the request log was added or changed.
    Request(usize),
    /// The session with this id was added or changed.
    Session(Arc<str>),
    /// The sandbox was reset.
    Reset,
}

impl Size for Change {
    fn size(&self) -> usize {
        size_of::<Self>()
    }
}

/// Log of the latest changes, which are numbered. A position in the log is the number of the next change to read.
#[derive(Debug)]
pub(super) struct ChangeLog {
    /// Random text in the event ids of this log. It distinguishes these ids from the ids of a sandbox that ran earlier.
    epoch: String,
    changes: BoundedStore<Change>,
    updates: watch::Sender<()>,
}

impl Default for ChangeLog {
    fn default() -> Self {
        let mut random = [0; 8];
        // Without random bytes, each sandbox has the same epoch. After a restart of the sandbox, a page that was opened
        // before may then show outdated requests.
        let _best_effort = getrandom::fill(&mut random);
        let epoch = fingerprint(&u64::from_ne_bytes(random).to_string()).replace("sha256:", "");
        let changes = BoundedStore::new(MAX_CHANGES, usize::MAX);
        Self { epoch, changes, updates: watch::Sender::new(()) }
    }
}

impl ChangeLog {
    pub(super) fn push(&mut self, change: Change) {
        self.changes.push(change, drop);
        if self.updates.receiver_count() > 0 {
            self.updates.send_replace(());
        }
    }

    /// Deletes all changes. Each listener then starts again with the current state.
    pub(super) fn reset(&mut self) {
        self.changes.clear();
        self.push(Change::Reset);
    }

    /// Number of listeners.
    pub(super) fn listeners(&self) -> usize {
        self.updates.receiver_count()
    }

    /// Returns a receiver that is notified of each change.
    pub(super) fn listen(&self) -> watch::Receiver<()> {
        self.updates.subscribe()
    }

    /// Position after the latest change.
    pub(super) fn end(&self) -> usize {
        self.changes.end()
    }

    /// Reads up to `max` changes from `position` on. Returns each change with the position after the change. If several
    /// changes are equal, returns only the last. Returns `None` if the log no longer contains all changes since
    /// `position`, if `position` is beyond the end of the log, or if a change is a reset.
    pub(super) fn since(&self, position: usize, max: usize) -> Option<VecDeque<(usize, Change)>> {
        if !(self.changes.first()..=self.changes.end()).contains(&position) {
            return None;
        }
        let mut changes: VecDeque<(usize, Change)> = VecDeque::new();
        for (number, change) in self.changes.iter_from(position).take(max) {
            if *change == Change::Reset {
                return None;
            }
            changes.retain(|(_, known)| known != change);
            changes.push_back((number + 1, change.clone()));
        }
        Some(changes)
    }

    /// Returns the event id for a position.
    pub(super) fn id(&self, position: usize) -> String {
        format!("{}-{position}", self.epoch)
    }

    /// Returns the position in an event id; `None` if the event id is not from this log.
    pub(super) fn position(&self, id: &str) -> Option<usize> {
        let (epoch, position) = id.split_once('-')?;
        position.parse().ok().filter(|_| epoch == self.epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests(changes: &ChangeLog, position: usize, max: usize) -> Option<Vec<(usize, usize)>> {
        let number = |change| match change {
            Change::Request(number) => number,
            other => panic!("{other:?}"),
        };
        let found = changes.since(position, max)?;
        Some(found.into_iter().map(|(position, change)| (position, number(change))).collect())
    }

    #[test]
    fn equal_changes_are_returned_once() {
        let mut changes = ChangeLog::default();
        for number in [7, 8, 7, 9] {
            changes.push(Change::Request(number));
        }
        assert_eq!(requests(&changes, 0, 10), Some(vec![(2, 8), (3, 7), (4, 9)]));
        assert_eq!(requests(&changes, 0, 2), Some(vec![(1, 7), (2, 8)]));
        assert_eq!(requests(&changes, 3, 10), Some(vec![(4, 9)]));
        assert_eq!(requests(&changes, 4, 10), Some(vec![]));
        assert_eq!(requests(&changes, 5, 10), None, "a future position");
    }

    #[test]
    fn position_before_the_log_or_of_another_log_is_invalid() {
        let mut changes = ChangeLog::default();
        for number in 0..MAX_CHANGES + 2 {
            changes.push(Change::Request(number));
        }
        assert_eq!(changes.changes.first(), 2);
        assert!(requests(&changes, 1, 1).is_none());
        assert_eq!(requests(&changes, 2, 1), Some(vec![(3, 2)]));
        let id = changes.id(2);
        assert_eq!(changes.position(&id), Some(2));
        assert_eq!(ChangeLog::default().position(&id), None);
        for invalid in ["", "-", "2", "x-2", &format!("{id}x")] {
            assert_eq!(changes.position(invalid), None, "{invalid}");
        }
        let end = changes.end();
        changes.reset();
        assert!(requests(&changes, end, 1).is_none());
        assert_eq!(requests(&changes, changes.end(), 1), Some(vec![]));
    }
}
