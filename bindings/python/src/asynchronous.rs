//! The calls behind `renumerate_sdk.AsyncClient`: driven on the background thread, awaited in the caller's event loop.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use renumerate::binding::{SessionRequest, closed};
use renumerate::{CallOptions, Client};

use crate::arguments::{Options, raised, retention, subscription};
use crate::event_loop::LoopCalls;
use crate::session::InPython;
use crate::settings::builder;

/// A future of the event loop, and the number to abort its call by.
type Started<'py> = (Bound<'py, PyAny>, u64);

/// A client whose calls are awaited.
#[pyclass(frozen, module = "renumerate_sdk._native")]
pub(crate) struct AsyncCalls(Mutex<Option<Client>>);

#[pymethods]
impl AsyncCalls {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let client = raised(py, builder(py, options)?.build())?;
        Ok(Self(Mutex::new(Some(client))))
    }

    fn start_retention_session<'py>(
        &self,
        event_loop: (Bound<'py, PyAny>, Bound<'py, LoopCalls>),
        parameters: (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>),
        timeout: Option<&Bound<'py, PyAny>>,
        max_retries: Option<&Bound<'py, PyAny>>,
        unknown: &Bound<'py, PyDict>,
    ) -> PyResult<Started<'py>> {
        let (request, options) = retention(parameters, &Options { timeout, max_retries, unknown })?;
        self.start(event_loop, request, options)
    }

    fn start_subscription_session<'py>(
        &self,
        event_loop: (Bound<'py, PyAny>, Bound<'py, LoopCalls>),
        parameters: (Bound<'py, PyAny>, Bound<'py, PyAny>),
        timeout: Option<&Bound<'py, PyAny>>,
        max_retries: Option<&Bound<'py, PyAny>>,
        unknown: &Bound<'py, PyDict>,
    ) -> PyResult<Started<'py>> {
        let (request, options) = subscription(parameters, &Options { timeout, max_retries, unknown })?;
        self.start(event_loop, request, options)
    }

    /// Lets the connections go, once calls that are under way have ended.
    fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// What the client prints of itself: where the service is, and never the key.
    fn state(&self) -> String {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(client) => {
                client.base_url().map_or("without a key so far".to_owned(), |url| format!("of {url}"))
            }
            None => "closed".to_owned(),
        }
    }
}

impl AsyncCalls {
    fn start<'py, R: SessionRequest<Kind: InPython>>(
        &self,
        (event_loop, calls): (Bound<'py, PyAny>, Bound<'py, LoopCalls>),
        request: R,
        options: CallOptions,
    ) -> PyResult<Started<'py>> {
        let client = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let client = raised(calls.py(), client.ok_or_else(closed))?;
        calls.get().start(&event_loop, client, request, options)
    }
}
