//! Check that the main interpreter, not a sub-interpreter, imports the module.
#![expect(unsafe_code, reason = "pyo3 has no safe function that returns the interpreter's id")]

use pyo3::exceptions::PyImportError;
use pyo3::{PyResult, Python, ffi};

/// Raises `ImportError` in a sub-interpreter. The module supports the main interpreter only, because all interpreters
/// of a process would share its classes.
pub(crate) fn require_main_interpreter(_attached: Python<'_>) -> PyResult<()> {
    // SAFETY: `_attached` proves that this thread is attached to an interpreter, as `PyInterpreterState_Get` requires.
    let current = unsafe { ffi::PyInterpreterState_Get() };
    // SAFETY: `current` is valid: an interpreter outlives the threads that are attached to it.
    if unsafe { ffi::PyInterpreterState_GetID(current) } == 0 {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "renumerate_sdk works in the main interpreter only: with uWSGI, set single-interpreter; with mod_wsgi, set \
         WSGIApplicationGroup %{GLOBAL}",
    ))
}
