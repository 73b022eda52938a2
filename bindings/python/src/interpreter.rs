//! Which of Python's interpreters this is.
#![expect(unsafe_code, reason = "pyo3 has no safe way to ask which interpreter this is")]

use pyo3::exceptions::PyImportError;
use pyo3::{PyResult, Python, ffi};

/// Refuses sub-interpreters: classes of native modules are shared among the interpreters of a process.
pub(crate) fn refuse_all_but_the_main_one(_attached: Python<'_>) -> PyResult<()> {
    // SAFETY: this thread is attached to an interpreter, which is the current one.
    let current = unsafe { ffi::PyInterpreterState_Get() };
    // SAFETY: the current interpreter is there while this thread is attached to it.
    if unsafe { ffi::PyInterpreterState_GetID(current) } == 0 {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "renumerate_sdk works in the main interpreter only: with mod_wsgi, set WSGIApplicationGroup %{GLOBAL}",
    ))
}
