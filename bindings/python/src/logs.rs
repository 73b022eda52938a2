//! Conversion of the core's log records to entries that `_logs.py` passes to `logging`. The entries of a call are
//! buffered until the call has ended.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use pyo3::prelude::*;
use pyo3::types::PyList;
use renumerate::ffi::{LogLevel, LogRecord, Logs};

/// Log entry for Python: the `logging` level, the time in seconds since the Unix epoch, and the message.
type LogEntry = (u8, f64, String);

/// Numeric level of trace records, which report connection events. It is a level of this package, because the Python
/// module `logging` defines no level below `DEBUG` (10).
const TRACE: u8 = 5;

/// Buffer for the log entries of one call.
#[derive(Clone, Default)]
pub(crate) struct LogBuffer(Arc<Mutex<Vec<LogEntry>>>);

impl LogBuffer {
    /// Returns a listener that adds each record to this buffer.
    pub(crate) fn listener(&self) -> Logs {
        let entries = Arc::clone(&self.0);
        Logs::new(move |record| {
            entries.lock().unwrap_or_else(PoisonError::into_inner).push(log_entry(record));
        })
    }

    /// Moves the buffered entries to a Python list.
    pub(crate) fn move_to(&self, records: &Bound<'_, PyList>) -> PyResult<()> {
        let entries = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        entries.into_iter().try_for_each(|entry| records.append(entry))
    }
}

/// Converts a record of the core to the form that `_logs.py` expects, stamped with the current time.
fn log_entry(record: LogRecord) -> LogEntry {
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

/// Reports an exception to `sys.unraisablehook` instead of raising it. Used for exceptions that must not make a call
/// fail.
#[pyfunction]
pub(crate) fn report(error: Bound<'_, PyAny>) {
    let py = error.py();
    PyErr::from_value(error).write_unraisable(py, None);
}
