//! The core's logs on their way to `logging.getLogger("renumerate_sdk")`.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};
use renumerate::binding::{LogLevel, LogRecord, Logs};

const DEBUG: u8 = 10;
/// Below `logging.DEBUG`, where `logging` has no name of its own: each connection.
const TRACE: u8 = 5;

/// The logger, where somebody listens at the level of the core's logs. A program that has not imported `logging` does
/// not, and pays for one look into `sys.modules`.
pub(crate) fn logger(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    static LOGGER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if LOGGER.get(py).is_none() {
        let Some(logging) = imported(py, intern!(py, "logging"))? else { return Ok(None) };
        let logger = logging.call_method1("getLogger", ("renumerate_sdk",))?;
        LOGGER.get_or_init(py, || logger.unbind());
    }
    let Some(logger) = LOGGER.get(py) else { return Ok(None) };
    let logger = logger.bind(py);
    let listens = logger.call_method1(intern!(py, "isEnabledFor"), (DEBUG,))?.is_truthy()?;
    Ok(listens.then(|| logger.clone()))
}

/// A module, where the program has imported it already.
fn imported<'py>(py: Python<'py>, name: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
    static MODULES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    let modules = MODULES.get_or_try_init(py, || {
        Ok::<_, PyErr>(py.import("sys")?.getattr("modules")?.cast_into::<PyDict>()?.unbind())
    })?;
    modules.bind(py).get_item(name)
}

/// A listener that logs at once, for calls that are driven on a thread of Python's own.
pub(crate) fn to_logging(py: Python<'_>) -> PyResult<Option<Logs>> {
    Ok(logger(py)?.map(|_| Logs::new(|record| Python::attach(|py| log(py, &record)))))
}

/// Logs one record. A handler that fails must not fail the call: what it raises goes to `sys.unraisablehook`.
pub(crate) fn log(py: Python<'_>, record: &LogRecord) {
    let level = match record.level {
        LogLevel::Error => 40,
        LogLevel::Warn => 30,
        LogLevel::Info => 20,
        LogLevel::Debug => DEBUG,
        LogLevel::Trace => TRACE,
    };
    let logged = logger(py).and_then(|logger| {
        let Some(logger) = logger else { return Ok(()) };
        logger.call_method1(intern!(py, "log"), (level, "%s", PyString::new(py, &record.message)))?;
        Ok(())
    });
    if let Err(error) = logged {
        error.write_unraisable(py, None);
    }
}
