//! Buffer for the log lines of one call. The host language passes the lines to the application's logger after the call,
//! because no application code may run during a call.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use renumerate::ffi::Logs;

use crate::records::LogLine;

/// Log lines of one call.
#[derive(Clone, Default)]
pub(crate) struct LogBuffer(Arc<Mutex<Vec<LogLine>>>);

impl LogBuffer {
    /// Returns a listener that adds each record to this buffer.
    pub(crate) fn listener(&self) -> Logs {
        let buffer = self.clone();
        Logs::new(move |record| buffer.lock().push(LogLine::from(record)))
    }

    /// Removes and returns all lines.
    pub(crate) fn take(&self) -> Vec<LogLine> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<LogLine>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
