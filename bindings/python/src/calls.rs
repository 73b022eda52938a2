//! Native part of both clients. Calls of threads run on the calling thread, which is detached from the interpreter during
//! a call, so that other Python threads can run. Calls of tasks and greenlets run on the background thread of the core.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use renumerate::blocking;
use renumerate::ffi::{Closable, InterruptPoll, create_handshake_token, create_unless, poll_interrupts};

use crate::EndpointKind;
use crate::arguments::{or_raise, request, token_request};
use crate::errors::to_py_err;
use crate::handshake_token::HandshakeToken;
use crate::logs::LogBuffer;
use crate::pending_calls::PendingCalls;
use crate::session::into_py_session;
use crate::settings::builder;

/// Client whose calls block the calling thread or run on the background thread.
#[pyclass(frozen, module = "renumerate_sdk._native")]
pub(crate) struct Calls(Closable<blocking::Client>);

#[pymethods]
impl Calls {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let client = builder(py, options).and_then(|builder| builder.blocking().build());
        Ok(Self(Closable::new(or_raise(py, client)?)))
    }

    /// Creates a session and returns it as an instance of `session_class`.
    ///
    /// `arguments` holds the keyword arguments of the public method. `log_buffer` gets the log records of the call.
    fn create_session(
        &self,
        kind: EndpointKind,
        session_class: &Bound<'_, PyType>,
        arguments: &Bound<'_, PyDict>,
        log_buffer: Option<&Bound<'_, LogBuffer>>,
    ) -> PyResult<Py<PyAny>> {
        let py = arguments.py();
        let (client, request) = (self.0.client(), request(kind, arguments));
        let logs = log_buffer.map(|buffer| &buffer.get().logs);
        let result = py.detach(|| {
            let stop = async || poll_interrupts(check_signals).await;
            create_unless(client, kind.into(), request, logs, stop)
        });
        match result {
            Ok(Ok(session)) => into_py_session(session_class, session),
            Ok(Err(error)) => Err(to_py_err(py, &error)),
            Err(interrupt) => Err(interrupt),
        }
    }

    /// Starts a call and returns its id. When the call has ended, `set_event` is called on the thread of the scheduler,
    /// and `calls.take_result` returns what `create_session` would return. The other arguments are the same.
    fn start_session(
        &self,
        calls: &Bound<'_, PendingCalls>,
        set_event: Bound<'_, PyAny>,
        kind: EndpointKind,
        session_class: Bound<'_, PyType>,
        arguments: &Bound<'_, PyDict>,
        log_buffer: Option<&Bound<'_, LogBuffer>>,
    ) -> PyResult<u64> {
        let (client, request) = (self.0.client(), request(kind, arguments));
        let logs = log_buffer.map(|buffer| &buffer.get().logs);
        calls.get().start(set_event, session_class, logs, client, kind, request)
    }

    /// Creates a handshake token. `arguments` holds the keyword arguments of the public method. `log_buffer` gets the
    /// log record of a failure.
    fn create_handshake_token(
        &self,
        arguments: &Bound<'_, PyDict>,
        log_buffer: Option<&Bound<'_, LogBuffer>>,
    ) -> PyResult<HandshakeToken> {
        let logs = log_buffer.map(|buffer| &buffer.get().logs);
        let token = create_handshake_token(self.0.client(), token_request(arguments), logs);
        or_raise(arguments.py(), token).map(HandshakeToken::from)
    }

    /// Closes the client. Its connections are closed when the calls in progress have ended.
    fn close(&self) {
        self.0.close();
    }

    /// Describes the client for `repr`: its base URL, or the fact that the client is closed or has no key. The
    /// description never contains the key.
    fn describe(&self) -> String {
        self.0.describe(blocking::Client::base_url)
    }
}

/// Checks for pending signals and runs their handlers. The core repeats this check during a call. If a handler raises
/// an exception, such as `KeyboardInterrupt`, the call ends with that exception.
///
/// Python runs signal handlers only on the main thread. On other threads, and during interpreter shutdown, no handler
/// can run, so this function ends the checks for the rest of the call.
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
/// On Linux, the id of the main thread equals the process id, also in a forked child. On other systems, this function
/// always returns `true`. This is safe, because a check for signals has no effect on other threads.
fn may_be_main_thread() -> bool {
    #[cfg(target_os = "linux")]
    return rustix::thread::gettid() == rustix::process::getpid();
    #[cfg(not(target_os = "linux"))]
    return true;
}
