//! Native part of `renumerate_sdk.AsyncClient`. Its calls run on the background thread and resolve futures of the
//! caller's event loop.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use renumerate::ffi::{Closable, SessionRequest};
use renumerate::{CallOptions, Client};

use crate::arguments::{RawCallOptions, or_raise, retention_request, subscription_request};
use crate::event_loop::PendingCalls;
use crate::session::PySessionKind;
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

    /// Starts a call that resolves `future`. Returns the number of the call, for `LoopCalls.abort`.
    ///
    /// If `listens` is true, the log entries of the call are delivered to the event loop too.
    #[expect(clippy::too_many_arguments, reason = "one for each argument of the public method")]
    fn start_retention_session<'py>(
        &self,
        calls: &Bound<'py, PendingCalls>,
        future: Bound<'py, PyAny>,
        parameters: (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>),
        timeout: Option<&Bound<'py, PyAny>>,
        max_retries: Option<&Bound<'py, PyAny>>,
        unknown: &Bound<'py, PyDict>,
        listens: bool,
    ) -> PyResult<u64> {
        let raw = RawCallOptions { timeout, max_retries, unknown };
        let (request, options) = retention_request(parameters, &raw)?;
        self.start(calls, future, listens, request, options)
    }

    /// Starts a call like `start_retention_session`, for a subscription session.
    #[expect(clippy::too_many_arguments, reason = "one for each argument of the public method")]
    fn start_subscription_session<'py>(
        &self,
        calls: &Bound<'py, PendingCalls>,
        future: Bound<'py, PyAny>,
        parameters: (Bound<'py, PyAny>, Bound<'py, PyAny>),
        timeout: Option<&Bound<'py, PyAny>>,
        max_retries: Option<&Bound<'py, PyAny>>,
        unknown: &Bound<'py, PyDict>,
        listens: bool,
    ) -> PyResult<u64> {
        let raw = RawCallOptions { timeout, max_retries, unknown };
        let (request, options) = subscription_request(parameters, &raw)?;
        self.start(calls, future, listens, request, options)
    }

    /// Closes the client. Its connections are closed when the calls in progress have ended.
    fn close(&self) {
        self.0.close();
    }

    /// Describes the client for `repr`: its base URL, or the fact that the client is closed or has no key. The
    /// description never contains the key.
    fn state(&self) -> String {
        self.0.state(Client::base_url)
    }
}

impl AsyncCalls {
    fn start<R: SessionRequest<Kind: PySessionKind>>(
        &self,
        calls: &Bound<'_, PendingCalls>,
        future: Bound<'_, PyAny>,
        listens: bool,
        request: R,
        options: CallOptions,
    ) -> PyResult<u64> {
        let client = or_raise(calls.py(), self.0.client())?;
        calls.get().start(future, listens, client, request, options)
    }
}
