//! The core's logs, collected while a call lasts; `_logs.py` hands them to `logging` when it has ended.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use pyo3::prelude::*;
use pyo3::types::PyList;
use renumerate::ffi::{LogLevel, LogRecord, Logs};

/// A level of `logging`, the time in seconds since the epoch, and a message.
pub(crate) type Line = (u8, f64, String);

/// Below `logging.DEBUG`, where `logging` has no name of its own: each connection.
const TRACE: u8 = 5;

/// What a call has logged so far.
#[derive(Clone, Default)]
pub(crate) struct Collected(Arc<Mutex<Vec<Line>>>);

impl Collected {
    /// A listener that collects here.
    pub(crate) fn listener(&self) -> Logs {
        let lines = Arc::clone(&self.0);
        Logs::new(move |record| lines.lock().unwrap_or_else(PoisonError::into_inner).push(line(record)))
    }

    /// Moves what was collected into a list of Python's.
    pub(crate) fn move_to(&self, records: &Bound<'_, PyList>) -> PyResult<()> {
        let lines = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        lines.into_iter().try_for_each(|line| records.append(line))
    }
}

/// An event as `_logs.py` takes it.
pub(crate) fn line(record: LogRecord) -> Line {
    let level = match record.level {
        LogLevel::Error => 40,
        LogLevel::Warn => 30,
        LogLevel::Info => 20,
        LogLevel::Debug => 10,
        LogLevel::Trace => TRACE,
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    (level, now.as_secs_f64(), record.message)
}

/// Tells `sys.unraisablehook` of an error that must not fail the call.
#[pyfunction]
pub(crate) fn report(error: Bound<'_, PyAny>) {
    let py = error.py();
    PyErr::from_value(error).write_unraisable(py, None);
}
