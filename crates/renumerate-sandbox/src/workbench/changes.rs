//! What has changed, in order: the events that the workbench tells, without what they tell.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::watch;

use crate::ledger::fingerprint;

/// How many changes are remembered. Who is further behind is told the latest state instead.
const REMEMBERED: usize = 4096;

/// Something to be looked up when it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A request by its number in the ledger.
    Request(usize),
    /// A session by its id.
    Session(Arc<str>),
}

/// The latest changes. Where nobody listens a change costs its place, and wakes nobody.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Of this sandbox alone: positions in another's changes are none in these.
    epoch: String,
    latest: VecDeque<Change>,
    /// How many are no longer remembered.
    forgotten: u64,
    heard: watch::Sender<()>,
}

impl Default for Changes {
    fn default() -> Self {
        let mut random = [0; 8];
        // Without random bytes a page that outlives its sandbox may miss a reload: no more.
        let _best_effort = getrandom::fill(&mut random);
        let epoch = fingerprint(&u64::from_ne_bytes(random).to_string()).replace("sha256:", "");
        Self { epoch, latest: VecDeque::new(), forgotten: 0, heard: watch::Sender::new(()) }
    }
}

impl Changes {
    pub(crate) fn note(&mut self, change: Change) {
        self.latest.push_back(change);
        if self.latest.len() > REMEMBERED {
            self.latest.pop_front();
            self.forgotten += 1;
        }
        self.wake();
    }

    /// Everybody is told the latest state.
    pub(crate) fn begin_anew(&mut self) {
        self.forgotten = self.end() + 1;
        self.latest.clear();
        self.wake();
    }

    fn wake(&self) {
        if self.heard.receiver_count() > 0 {
            self.heard.send_replace(());
        }
    }

    /// How many listen.
    pub(super) fn listeners(&self) -> usize {
        self.heard.receiver_count()
    }

    pub(super) fn listen(&self) -> watch::Receiver<()> {
        self.heard.subscribe()
    }

    /// Where the next change will be.
    pub(super) fn end(&self) -> u64 {
        self.forgotten + self.latest.len() as u64
    }

    /// The changes from a position on, no more than this, each with the position behind it. `None` where some of them are
    /// forgotten. Of several that tell the same the last is left.
    pub(super) fn from(&self, position: u64, most: usize) -> Option<VecDeque<(u64, Change)>> {
        let passed = usize::try_from(position.checked_sub(self.forgotten)?).ok()?;
        if passed > self.latest.len() {
            return None;
        }
        let behind = (position + 1..).zip(self.latest.iter().skip(passed)).take(most);
        let mut changes: VecDeque<(u64, Change)> = VecDeque::new();
        for (position, change) in behind {
            changes.retain(|(_, known)| known != change);
            changes.push_back((position, change.clone()));
        }
        Some(changes)
    }

    /// A position as an event's id.
    pub(super) fn id(&self, position: u64) -> String {
        format!("{}-{position}", self.epoch)
    }

    /// The position that an event's id stands for, if it is one of this sandbox.
    pub(super) fn position(&self, id: &str) -> Option<u64> {
        let (epoch, position) = id.split_once('-')?;
        position.parse().ok().filter(|_| epoch == self.epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests(changes: &Changes, position: u64, most: usize) -> Option<Vec<(u64, usize)>> {
        let number = |change| match change {
            Change::Request(number) => number,
            Change::Session(id) => panic!("{id}"),
        };
        let found = changes.from(position, most)?;
        Some(found.into_iter().map(|(position, change)| (position, number(change))).collect())
    }

    #[test]
    fn each_is_told_once_and_positions_go_on() {
        let mut changes = Changes::default();
        for number in [7, 8, 7, 9] {
            changes.note(Change::Request(number));
        }
        assert_eq!(requests(&changes, 0, 10), Some(vec![(2, 8), (3, 7), (4, 9)]));
        assert_eq!(requests(&changes, 0, 2), Some(vec![(1, 7), (2, 8)]));
        assert_eq!(requests(&changes, 3, 10), Some(vec![(4, 9)]));
        assert_eq!(requests(&changes, 4, 10), Some(vec![]));
        assert_eq!(requests(&changes, 5, 10), None, "it is to come");
    }

    #[test]
    fn who_is_too_far_behind_or_of_another_sandbox_begins_anew() {
        let mut changes = Changes::default();
        for number in 0..REMEMBERED + 2 {
            changes.note(Change::Request(number));
        }
        assert_eq!(changes.latest.len(), REMEMBERED);
        assert!(requests(&changes, 1, 1).is_none());
        assert_eq!(requests(&changes, 2, 1), Some(vec![(3, 2)]));
        let id = changes.id(2);
        assert_eq!(changes.position(&id), Some(2));
        assert_eq!(Changes::default().position(&id), None);
        for odd in ["", "-", "2", "x-2", &format!("{id}x")] {
            assert_eq!(changes.position(odd), None, "{odd}");
        }
        let end = changes.end();
        changes.begin_anew();
        assert!(requests(&changes, end, 1).is_none());
        assert_eq!(requests(&changes, changes.end(), 1), Some(vec![]));
    }
}
