//! Conversion of the core's log records to entries that `_logs.py` passes to `logging`. The records of a call are
//! buffered until the call has ended.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use renumerate::ffi::{LogLevel, LogRecord, LogValue, Logs};

/// Numeric level of trace records, which report connection events. It is a level of this package, because the Python
/// module `logging` defines no level below `DEBUG` (10).
const TRACE: i64 = 5;

/// Listener of one call, which buffers the records.
#[pyclass(frozen, module = "renumerate_sdk._native")]
pub(crate) struct LogBuffer {
    pub(crate) logs: Logs,
    records: Arc<Mutex<Vec<LogRecord>>>,
}

#[pymethods]
impl LogBuffer {
    /// Creates a buffer for the records that a logger with this level logs.
    #[new]
    fn new(logger_level: i64) -> Self {
        let records = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&records);
        let logs = Logs::new(max_level(logger_level), move |record| lock(&sink).push(record));
        Self { logs, records }
    }

    /// Removes the buffered records and returns them. Each is a tuple: the `logging` level, the time in seconds since the
    /// Unix epoch, the event and its fields.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        let records = std::mem::take(&mut *lock(&self.records));
        records.into_iter().map(|record| log_entry(py, record)).collect()
    }
}

fn lock(records: &Mutex<Vec<LogRecord>>) -> MutexGuard<'_, Vec<LogRecord>> {
    records.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the least severe level that a Python logger with this level logs.
fn max_level(logger_level: i64) -> LogLevel {
    let logged = LogLevel::ALL.into_iter().rev().find(|level| python_level(*level) >= logger_level);
    logged.unwrap_or(LogLevel::Error)
}

const fn python_level(level: LogLevel) -> i64 {
    match level {
        LogLevel::Error => 40,
        LogLevel::Warn => 30,
        LogLevel::Info => 20,
        LogLevel::Debug => 10,
        LogLevel::Trace => TRACE,
    }
}

fn log_entry(py: Python<'_>, record: LogRecord) -> PyResult<Bound<'_, PyTuple>> {
    let LogRecord { level, time, event, fields: values } = record;
    let fields = PyDict::new(py);
    for (name, value) in values {
        match value {
            LogValue::Text(text) => fields.set_item(name, text)?,
            LogValue::Number(number) => fields.set_item(name, number)?,
        }
    }
    (python_level(level), time.as_secs_f64(), event, fields).into_pyobject(py)
}

/// Reports an exception to `sys.unraisablehook` instead of raising it. Used for exceptions that must not make a call
/// fail.
#[pyfunction]
pub(crate) fn report(error: Bound<'_, PyAny>) {
    let py = error.py();
    PyErr::from_value(error).write_unraisable(py, None);
}
