//! Native part of `renumerate_sdk.AsyncClient`. Its calls run on the background thread of the core. Their results
//! resolve futures of the caller's event loop.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use renumerate::Client;
use renumerate::ffi::Closable;

use crate::EndpointKind;
use crate::arguments::{or_raise, request};
use crate::event_loop::PendingCalls;
use crate::settings::builder;

/// Client whose calls resolve `asyncio` futures.
#[pyclass(frozen, module = "renumerate_sdk._native")]
pub(crate) struct AsyncCalls(Closable<Client>);

#[pymethods]
impl AsyncCalls {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let client = or_raise(py, builder(py, options)?.build())?;
        Ok(Self(Closable::new(client)))
    }

    /// Starts a call and returns its id, which `PendingCalls.abort` accepts. When the call ends, `future` gets the
    /// result: an instance of `session_class`, or an exception.
    ///
    /// `arguments` holds the keyword arguments of the public method. If `collect_logs` is true, the log entries of the
    /// call are delivered to the event loop too.
    fn start_session<'py>(
        &self,
        calls: &Bound<'py, PendingCalls>,
        future: Bound<'py, PyAny>,
        kind: EndpointKind,
        session_class: Bound<'py, PyType>,
        arguments: &Bound<'py, PyDict>,
        collect_logs: bool,
    ) -> PyResult<u64> {
        let (request, options) = request(kind, arguments)?;
        let client = or_raise(calls.py(), self.0.client())?;
        calls.get().start(future, session_class, collect_logs, client, request, options)
    }

    /// Closes the client. Its connections are closed when the calls in progress have ended.
    fn close(&self) {
        self.0.close();
    }

    /// Describes the client for `repr`: its base URL, or the fact that the client is closed or has no key. The
    /// description never contains the key.
    fn describe(&self) -> String {
        self.0.describe(Client::base_url)
    }
}
