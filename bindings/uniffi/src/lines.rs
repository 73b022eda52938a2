//! The lines of a call's log, gathered until it has ended: a language's logger must not run within a call.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use renumerate::ffi::Logs;

use crate::fields::LogLine;

/// Lines that gather.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<LogLine>>>);

impl Lines {
    /// Who hears the events.
    pub(crate) fn listener(&self) -> Logs {
        let lines = self.clone();
        Logs::new(move |record| lines.lock().push(LogLine::from(record)))
    }

    /// What has gathered.
    pub(crate) fn take(&self) -> Vec<LogLine> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<LogLine>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
