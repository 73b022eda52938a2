//! Native module of `renumerate_sdk`. It converts Python arguments to types of the Rust core, and converts the sessions
//! and errors of the core to Python objects. The core holds all logic. The public Python API is in
//! `python/renumerate_sdk`.

mod arguments;
mod asynchronous;
mod attempt;
mod blocking;
mod errors;
mod event_loop;
mod interpreter;
mod logs;
mod session;
mod settings;
mod wakeup;

use pyo3::prelude::*;

/// Native core of `renumerate_sdk`. Not a public API: it may change in any release.
#[pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_init]
    fn check_interpreter(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::interpreter::require_main_interpreter(module.py())
    }

    #[pymodule_export]
    use super::asynchronous::AsyncCalls;
    #[pymodule_export]
    use super::attempt::Attempt;
    #[pymodule_export]
    use super::blocking::BlockingCalls;
    #[pymodule_export]
    use super::event_loop::PendingCalls;
    #[pymodule_export]
    use super::logs::report;
    #[pymodule_export]
    use super::session::{RetentionSession, Session, SubscriptionSession};
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
