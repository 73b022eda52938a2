//! Native part of `renumerate_sdk.Client`. Its calls run on the calling thread. During a call, the thread is detached
//! from the interpreter, so that other Python threads can run.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use renumerate::ffi::{Closable, InterruptPoll, SessionRequest, poll_interrupts};
use renumerate::{CallOptions, blocking};

use crate::arguments::{RawCallOptions, or_raise, retention_request, subscription_request};
use crate::errors::to_py_err;
use crate::logs::LogBuffer;
use crate::session::{PySessionKind, Session};
use crate::settings::builder;

/// Client whose calls block the calling thread.
#[pyclass(frozen, module = "renumerate_sdk._native")]
pub(crate) struct BlockingCalls(Closable<blocking::Client>);

#[pymethods]
impl BlockingCalls {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let client = or_raise(py, builder(py, options)?.blocking().build())?;
        Ok(Self(Closable::new(client)))
    }

    /// Creates a retention session. If `records` is a list, the log entries of the call are appended to it.
    fn create_retention_session(
        &self,
        py: Python<'_>,
        parameters: (Bound<'_, PyAny>, Bound<'_, PyAny>, Bound<'_, PyAny>),
        timeout: Option<&Bound<'_, PyAny>>,
        max_retries: Option<&Bound<'_, PyAny>>,
        unknown: &Bound<'_, PyDict>,
        records: Option<&Bound<'_, PyList>>,
    ) -> PyResult<Py<PyAny>> {
        let raw = RawCallOptions { timeout, max_retries, unknown };
        let (request, options) = retention_request(parameters, &raw)?;
        self.call(py, &request, &options, records)
    }

    /// Creates a subscription session. If `records` is a list, the log entries of the call are appended to it.
    fn create_subscription_session(
        &self,
        py: Python<'_>,
        parameters: (Bound<'_, PyAny>, Bound<'_, PyAny>),
        timeout: Option<&Bound<'_, PyAny>>,
        max_retries: Option<&Bound<'_, PyAny>>,
        unknown: &Bound<'_, PyDict>,
        records: Option<&Bound<'_, PyList>>,
    ) -> PyResult<Py<PyAny>> {
        let raw = RawCallOptions { timeout, max_retries, unknown };
        let (request, options) = subscription_request(parameters, &raw)?;
        self.call(py, &request, &options, records)
    }

    /// Closes the client. Its connections are closed when the calls in progress have ended.
    fn close(&self) {
        self.0.close();
    }

    /// Describes the client for `repr`: its base URL, or the fact that the client is closed or has no key. The
    /// description never contains the key.
    fn state(&self) -> String {
        self.0.state(blocking::Client::base_url)
    }
}

impl BlockingCalls {
    fn call<R: SessionRequest<Kind: PySessionKind>>(
        &self,
        py: Python<'_>,
        request: &R,
        options: &CallOptions,
        records: Option<&Bound<'_, PyList>>,
    ) -> PyResult<Py<PyAny>> {
        let client = or_raise(py, self.0.client())?;
        let log_buffer = records.map(|_| LogBuffer::default());
        let result = py.detach(|| {
            let call = || client.create_unless(request, options, poll_interrupts(check_signals));
            match &log_buffer {
                None => call(),
                Some(buffer) => buffer.listener().scope(call),
            }
        });
        if let (Some(buffer), Some(records)) = (log_buffer, records) {
            buffer.move_to(records)?;
        }
        match result {
            Ok(Ok(session)) => R::Kind::wrap(py, Session::from(session)),
            Ok(Err(error)) => Err(to_py_err(py, &error)),
            Err(interrupt) => Err(interrupt),
        }
    }
}

/// Runs pending signal handlers. If a handler raises an exception, such as `KeyboardInterrupt`, the call ends with it.
///
/// Python runs signal handlers on the main thread only, when that thread checks for signals. On other threads, and
/// after the interpreter has started to shut down, this function stops the polling for the rest of the call.
fn check_signals() -> InterruptPoll<PyErr> {
    if !may_be_main_thread() {
        return InterruptPoll::Disarm;
    }
    Python::try_attach(|py| {
        py.check_signals().map_or_else(InterruptPoll::Interrupt, |()| InterruptPoll::Continue)
    })
    .unwrap_or(InterruptPoll::Disarm)
}

/// Returns whether this thread may be the main thread.
///
/// On Linux, the main thread is the thread whose id equals the process id, also in a forked child. On other systems,
/// this function always returns `true`: a check for signals on another thread has no effect.
fn may_be_main_thread() -> bool {
    #[cfg(target_os = "linux")]
    return rustix::thread::gettid() == rustix::process::getpid();
    #[cfg(not(target_os = "linux"))]
    return true;
}
