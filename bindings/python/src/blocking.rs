//! The calls behind `renumerate_sdk.Client`: driven on the thread that makes them, with the interpreter let go.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use renumerate::ffi::{Closable, InterruptPoll, SessionRequest, poll_interrupts};
use renumerate::{CallOptions, blocking};

use crate::arguments::{Options, raised, retention, subscription};
use crate::errors::to_python;
use crate::logs::Collected;
use crate::session::{InPython, Session};
use crate::settings::builder;

/// A client that blocks its caller.
#[pyclass(frozen, module = "renumerate_sdk._native")]
pub(crate) struct BlockingCalls(Closable<blocking::Client>);

#[pymethods]
impl BlockingCalls {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let client = raised(py, builder(py, options)?.blocking().build())?;
        Ok(Self(Closable::new(client)))
    }

    fn create_retention_session(
        &self,
        py: Python<'_>,
        parameters: (Bound<'_, PyAny>, Bound<'_, PyAny>, Bound<'_, PyAny>),
        timeout: Option<&Bound<'_, PyAny>>,
        max_retries: Option<&Bound<'_, PyAny>>,
        unknown: &Bound<'_, PyDict>,
        records: Option<&Bound<'_, PyList>>,
    ) -> PyResult<Py<PyAny>> {
        let (request, options) = retention(parameters, &Options { timeout, max_retries, unknown })?;
        self.call(py, &request, &options, records)
    }

    fn create_subscription_session(
        &self,
        py: Python<'_>,
        parameters: (Bound<'_, PyAny>, Bound<'_, PyAny>),
        timeout: Option<&Bound<'_, PyAny>>,
        max_retries: Option<&Bound<'_, PyAny>>,
        unknown: &Bound<'_, PyDict>,
        records: Option<&Bound<'_, PyList>>,
    ) -> PyResult<Py<PyAny>> {
        let (request, options) = subscription(parameters, &Options { timeout, max_retries, unknown })?;
        self.call(py, &request, &options, records)
    }

    /// Lets the connections go, once calls that are under way have ended.
    fn close(&self) {
        self.0.close();
    }

    /// What the client prints of itself: where the service is, and never the key.
    fn state(&self) -> String {
        self.0.state(blocking::Client::base_url)
    }
}

impl BlockingCalls {
    fn call<R: SessionRequest<Kind: InPython>>(
        &self,
        py: Python<'_>,
        request: &R,
        options: &CallOptions,
        records: Option<&Bound<'_, PyList>>,
    ) -> PyResult<Py<PyAny>> {
        let client = raised(py, self.0.client())?;
        let collected = records.map(|_| Collected::default());
        let ended = py.detach(|| {
            let call = || client.create_unless(request, options, poll_interrupts(signals));
            match &collected {
                None => call(),
                Some(collected) => collected.listener().during(call),
            }
        });
        if let (Some(collected), Some(records)) = (collected, records) {
            collected.move_to(records)?;
        }
        match ended {
            Ok(Ok(session)) => R::Kind::wrap(py, Session::from(session)),
            Ok(Err(error)) => Err(to_python(py, &error)),
            Err(raised) => Err(raised),
        }
    }
}

/// What a signal's handler has raised meanwhile, such as `KeyboardInterrupt`. Python runs handlers on its main thread
/// only, and only when that looks up. Where the interpreter is about to end, nobody looks up any more.
fn signals() -> InterruptPoll<PyErr> {
    if !may_be_main_thread() {
        return InterruptPoll::Disarm;
    }
    Python::try_attach(|py| {
        py.check_signals().map_or_else(InterruptPoll::Interrupt, |()| InterruptPoll::Continue)
    })
    .unwrap_or(InterruptPoll::Disarm)
}

/// On Linux the main thread has the process's number, also in a forked child. Elsewhere every thread looks up, and on
/// others than the main one to no effect.
fn may_be_main_thread() -> bool {
    #[cfg(target_os = "linux")]
    return rustix::thread::gettid() == rustix::process::getpid();
    #[cfg(not(target_os = "linux"))]
    return true;
}
