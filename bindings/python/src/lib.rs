//! The native half of `renumerate_sdk`: it takes Python's values to the core and brings sessions and errors back. What
//! is decided is decided in the core, and what users see is in `python/renumerate_sdk`.

mod arguments;
mod asynchronous;
mod attempt;
mod bell;
mod blocking;
mod errors;
mod event_loop;
mod logs;
mod session;
mod settings;

use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;

/// Calls of `renumerate_sdk` into its native core. Not public: it may change in any release.
#[pymodule(gil_used = false)]
mod _native {
    /// Classes and their instances cannot be shared among the interpreters of a process.
    #[pymodule_init]
    fn refuse_other_interpreters() -> pyo3::PyResult<()> {
        super::is_main_interpreter()
    }

    #[pymodule_export]
    use super::asynchronous::AsyncCalls;
    #[pymodule_export]
    use super::attempt::Attempt;
    #[pymodule_export]
    use super::blocking::BlockingCalls;
    #[pymodule_export]
    use super::event_loop::LoopCalls;
    #[pymodule_export]
    use super::logs::report;
    #[pymodule_export]
    use super::session::{RetentionSession, Session, SubscriptionSession};
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}

#[expect(unsafe_code, reason = "pyo3 has no safe way to ask which interpreter this is")]
fn is_main_interpreter() -> PyResult<()> {
    // SAFETY: the module is being imported, so this thread has an interpreter.
    let interpreter = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
    if interpreter == 0 {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "renumerate_sdk works in the main interpreter only: with mod_wsgi, set WSGIApplicationGroup %{GLOBAL}",
    ))
}
