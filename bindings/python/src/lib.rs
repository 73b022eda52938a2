//! Native module of `renumerate_sdk`. It converts Python arguments to types of the Rust core, and converts the sessions
//! and errors of the core to Python objects. The core holds all logic. The public Python API is in
//! `python/renumerate_sdk`.

mod arguments;
mod attempt;
mod calls;
mod errors;
mod handshake_token;
mod interpreter;
mod logs;
mod pending_calls;
mod session;
mod settings;
mod wakeup;

use pyo3::prelude::*;

renumerate::mirror_endpoint_kind! {
    /// Kind of session.
    #[pyclass(frozen, from_py_object, module = "renumerate_sdk._native")]
    #[derive(Clone, Copy)]
    pub(crate) enum EndpointKind;
}

/// Native core of `renumerate_sdk`. Not a public API: it may change in any release.
#[pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;
    use pyo3::types::PyTuple;

    #[pymodule_init]
    fn initialize(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::interpreter::require_main_interpreter(module.py())?;
        let classes = renumerate::ErrorKind::ALL.map(renumerate::ErrorKind::class_name);
        module.add("ERROR_CLASSES", PyTuple::new(module.py(), classes)?)
    }

    #[pymodule_export]
    use super::EndpointKind;
    #[pymodule_export]
    use super::attempt::Attempt;
    #[pymodule_export]
    use super::calls::Calls;
    #[pymodule_export]
    use super::errors::out_of_resources;
    #[pymodule_export]
    use super::handshake_token::HandshakeToken;
    #[pymodule_export]
    use super::logs::{LogBuffer, report};
    #[pymodule_export]
    use super::pending_calls::PendingCalls;
    #[pymodule_export]
    use super::session::Session;
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
