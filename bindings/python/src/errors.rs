//! Conversion of core errors to the exception classes of `renumerate_sdk`.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use renumerate::{Error, ErrorKind, NetworkPhase, TimeoutScope};

use crate::attempt::Attempt;

/// Converts an error to the exception to raise.
pub(crate) fn to_py_err(py: Python<'_>, error: &Error) -> PyErr {
    match exception(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}

fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    // Imported for each error instead of cached: a program that has reloaded the package catches the new classes.
    let classes = py.import("renumerate_sdk._errors")?;
    let fields = PyDict::new(py);
    fields.set_item("message", error.message())?;
    fields.set_item("retryable", error.retryable())?;
    fields.set_item("attempts", PyTuple::new(py, error.attempts().iter().map(Attempt::from))?)?;
    fields.set_item("hints", PyTuple::new(py, error.hints().collect::<Vec<_>>())?)?;
    match error.kind() {
        ErrorKind::Configuration | ErrorKind::Validation => fields.set_item("field", error.field())?,
        ErrorKind::Network => fields.set_item("phase", error.phase().map(NetworkPhase::as_str))?,
        ErrorKind::Timeout => {
            fields.set_item("timeout_scope", error.timeout_scope().map(TimeoutScope::as_str))?;
        }
        _ => {
            fields.set_item("status", error.status())?;
            fields.set_item("request_id", error.request_id())?;
            fields.set_item("content_type", error.content_type())?;
            fields.set_item("body", error.body())?;
            fields.set_item("retry_after", error.retry_after().map(|wait| wait.as_secs_f64()))?;
        }
    }
    classes.getattr(error.kind().class_name())?.call((error.to_string(),), Some(&fields))
}
