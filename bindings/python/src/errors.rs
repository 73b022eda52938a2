//! Conversion of core errors to the exception classes of `renumerate_sdk`.

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use renumerate::{Error, ffi};

use crate::attempt::Attempt;

/// Converts an error to the exception to raise.
pub(crate) fn to_py_err(py: Python<'_>, error: &Error) -> PyErr {
    match exception(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}

/// Returns the exception for a process that has no threads or file descriptors left. `reason` is the system's message.
#[pyfunction]
pub(crate) fn out_of_resources(py: Python<'_>, reason: String) -> Py<PyAny> {
    to_py_err(py, &ffi::out_of_resources(std::io::Error::other(reason))).into_value(py).into_any()
}

fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    // Not cached: a program that reloads the package catches the new classes, so exceptions must be instances of them.
    let classes = py.import("renumerate_sdk._errors")?;
    let fields = PyDict::new(py);
    fields.set_item("message", error.message())?;
    fields.set_item("retryable", error.retryable())?;
    fields.set_item("attempts", PyTuple::new(py, error.attempts().iter().map(Attempt::from))?)?;
    fields.set_item("hints", PyTuple::new(py, error.hints().collect::<Vec<_>>())?)?;
    for (name, text) in [("host", error.host()), ("host_setting", error.host_setting())] {
        if let Some(text) = text {
            fields.set_item(name, text)?;
        }
    }
    // Pass only the details that this error has. An exception class does not accept the details of other kinds.
    if let Some(field) = error.field() {
        fields.set_item("field", field)?;
    }
    if let Some(phase) = error.phase() {
        fields.set_item("phase", phase.as_str())?;
    }
    if let Some(scope) = error.timeout_scope() {
        fields.set_item("timeout_scope", scope.as_str())?;
    }
    if let Some(status) = error.status() {
        fields.set_item("status", status)?;
    }
    if let Some(retry_after) = error.retry_after() {
        fields.set_item("retry_after", retry_after.as_secs_f64())?;
    }
    let texts =
        [("request_id", error.request_id()), ("content_type", error.content_type()), ("body", error.body())];
    for (name, text) in texts {
        if let Some(text) = text {
            fields.set_item(name, text)?;
        }
    }
    let exception = classes.getattr(error.kind().class_name())?.call((error.to_string(),), Some(&fields))?;
    if let Some(cause) = ffi::cause(error) {
        exception.setattr("__cause__", PyOSError::new_err(cause).into_value(py))?;
    }
    Ok(exception)
}
