//! Table of the open connections.

use std::collections::HashMap;
use std::sync::Arc;

use super::connection::{CloseMode, Connection};

/// Maximum number of open connections.
const MAX_CONNECTIONS: usize = 10_240;

/// Number of idle connections that are closed at a time to free file descriptors. The search for one idle connection
/// takes as long as the search for many, so several are closed together.
const CLOSE_BATCH: usize = 64;

/// Open connections by number.
#[derive(Debug, Default)]
pub(crate) struct ConnectionTable {
    open: HashMap<u64, Arc<Connection>>,
    accepted: u64,
    last_number: u64,
}

impl ConnectionTable {
    /// Returns the number for a new connection. If the table is full, closes the connections that were idle longest.
    pub(crate) fn reserve(&mut self) -> u64 {
        if self.open.len() >= MAX_CONNECTIONS {
            self.close_idle();
        }
        self.last_number += 1;
        self.last_number
    }

    pub(crate) fn insert(&mut self, connection: &Arc<Connection>) {
        self.accepted += 1;
        self.open.insert(connection.number, Arc::clone(connection));
    }

    pub(crate) fn remove(&mut self, number: u64) {
        self.open.remove(&number);
    }

    pub(crate) fn is_open(&self, number: u64) -> bool {
        self.open.contains_key(&number)
    }

    /// Number of open connections.
    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    /// Number of connections that were accepted since the last reset.
    pub(crate) fn accepted(&self) -> u64 {
        self.accepted
    }

    pub(crate) fn reset_count(&mut self) {
        self.accepted = 0;
    }

    /// Closes the connections that were idle longest.
    pub(crate) fn close_idle(&mut self) {
        let mut by_activity: Vec<_> =
            self.open.values().map(|open| (open.last_activity(), open.number)).collect();
        by_activity.sort_unstable();
        for (_, number) in by_activity.into_iter().take(CLOSE_BATCH) {
            if let Some(connection) = self.open.remove(&number) {
                connection.close(CloseMode::Graceful);
            }
        }
    }
}
