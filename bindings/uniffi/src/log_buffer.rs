//! Buffer for the log lines of one call. The host language passes the lines to the application's logger after the call,
//! because no application code may run during a call.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use renumerate::ffi::{LogLevel, Logs};

use crate::records::LogLine;

/// Log lines of one call.
#[derive(Clone, Default)]
pub(crate) struct LogBuffer(Arc<Mutex<Vec<LogLine>>>);

impl LogBuffer {
    /// Returns a listener that adds a line for each record to this buffer.
    pub(crate) fn listener(&self) -> Logs {
        let buffer = self.clone();
        Logs::new(LogLevel::Trace, move |record| buffer.lock().push(LogLine::from(record)))
    }

    /// Removes and returns all lines of a buffer, if there is one.
    pub(crate) fn take(buffer: Option<&Self>) -> Vec<LogLine> {
        buffer.map(|buffer| std::mem::take(&mut *buffer.lock())).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<LogLine>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
