//! The calls behind `renumerate_sdk.AsyncClient`: driven on the background thread, awaited in the caller's event loop.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use renumerate::ffi::{Closable, SessionRequest};
use renumerate::{CallOptions, Client};

use crate::arguments::{Options, raised, retention, subscription};
use crate::event_loop::LoopCalls;
use crate::session::InPython;
use crate::settings::builder;

/// A client whose calls are awaited.
#[pyclass(frozen, module = "renumerate_sdk._native")]
pub(crate) struct AsyncCalls(Closable<Client>);

#[pymethods]
impl AsyncCalls {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let client = raised(py, builder(py, options)?.build())?;
        Ok(Self(Closable::new(client)))
    }

    #[expect(clippy::too_many_arguments, reason = "what a call takes")]
    fn start_retention_session<'py>(
        &self,
        calls: &Bound<'py, LoopCalls>,
        future: Bound<'py, PyAny>,
        parameters: (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>),
        timeout: Option<&Bound<'py, PyAny>>,
        max_retries: Option<&Bound<'py, PyAny>>,
        unknown: &Bound<'py, PyDict>,
        listens: bool,
    ) -> PyResult<u64> {
        let (request, options) = retention(parameters, &Options { timeout, max_retries, unknown })?;
        self.start(calls, future, listens, request, options)
    }

    #[expect(clippy::too_many_arguments, reason = "what a call takes")]
    fn start_subscription_session<'py>(
        &self,
        calls: &Bound<'py, LoopCalls>,
        future: Bound<'py, PyAny>,
        parameters: (Bound<'py, PyAny>, Bound<'py, PyAny>),
        timeout: Option<&Bound<'py, PyAny>>,
        max_retries: Option<&Bound<'py, PyAny>>,
        unknown: &Bound<'py, PyDict>,
        listens: bool,
    ) -> PyResult<u64> {
        let (request, options) = subscription(parameters, &Options { timeout, max_retries, unknown })?;
        self.start(calls, future, listens, request, options)
    }

    /// Lets the connections go, once calls that are under way have ended.
    fn close(&self) {
        self.0.close();
    }

    /// What the client prints of itself: where the service is, and never the key.
    fn state(&self) -> String {
        self.0.state(Client::base_url)
    }
}

impl AsyncCalls {
    fn start<R: SessionRequest<Kind: InPython>>(
        &self,
        calls: &Bound<'_, LoopCalls>,
        future: Bound<'_, PyAny>,
        listens: bool,
        request: R,
        options: CallOptions,
    ) -> PyResult<u64> {
        let client = raised(calls.py(), self.0.client())?;
        calls.get().start(future, listens, client, request, options)
    }
}
