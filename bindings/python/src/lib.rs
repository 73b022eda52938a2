//! The native half of `renumerate_sdk`: it takes Python's values to the core and brings sessions and errors back. What
//! is decided is decided in the core, and what users see is in `python/renumerate_sdk`.

mod arguments;
mod asynchronous;
mod attempt;
mod bell;
mod blocking;
mod errors;
mod event_loop;
mod interpreter;
mod logs;
mod session;
mod settings;

use pyo3::prelude::*;

/// Calls of `renumerate_sdk` into its native core. Not public: it may change in any release.
#[pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_init]
    fn refuse_other_interpreters(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::interpreter::refuse_all_but_the_main_one(module.py())
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
