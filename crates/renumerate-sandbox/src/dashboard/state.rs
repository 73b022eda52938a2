//! State of the dashboard.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::change_log::ChangeLog;
use super::responses::ResponseStore;
use crate::state::AppState;

/// State of the dashboard's routes.
#[derive(Debug)]
pub(super) struct DashboardState {
    pub(super) app: Arc<AppState>,
    pub(super) log: Arc<Log>,
}

/// Log of the changes and responses that the dashboard records in addition to the data in the sandbox's store.
#[derive(Debug, Default)]
pub(super) struct Log(Mutex<LogEntries>);

#[derive(Debug, Default)]
pub(super) struct LogEntries {
    pub(super) changes: ChangeLog,
    pub(super) responses: ResponseStore,
}

impl Log {
    /// Locks the log. To avoid a deadlock, code that also locks the sandbox's store must lock the store before the log.
    pub(super) fn entries(&self) -> MutexGuard<'_, LogEntries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
