//! Pending calls of one event loop: their futures, and the queue of their results.
//!
//! The background thread of the core puts results into the queue, together with the ids of their calls, and wakes the
//! event loop. The only Python object that it uses is the wakeup callback, if one is set. The futures stay in
//! [`PendingCalls`] and are resolved on the thread of the event loop.

use std::collections::{HashMap, VecDeque};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyNotImplementedError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyType;
use renumerate::ffi::{
    AbortHandle, AnyRequest, AnySession, Completions, Logs, WakePolicy, out_of_resources, start_call,
};
use renumerate::{CallOptions, Client, Error};

use crate::arguments::or_raise;
use crate::errors::to_py_err;
use crate::logs::{LogEntry, log_entry};
use crate::session::into_py_session;
use crate::wakeup::Wakeup;

/// Return value of [`PendingCalls::next_completion`]: a future and its result, or `None` and a log entry.
type Delivery = (Option<Py<PyAny>>, Py<PyAny>);

/// Message from the background thread to the event loop.
enum Completion {
    Ended(u64, Result<AnySession, Error>),
    Logged(LogEntry),
}

/// Completions, oldest first.
type ReadyBatch = VecDeque<Completion>;

/// Call whose future is not resolved yet.
struct PendingCall {
    future: Py<PyAny>,
    session_class: Py<PyType>,
    call: AbortHandle,
}

/// Pending calls of one event loop.
#[pyclass(frozen, weakref, module = "renumerate_sdk._native")]
pub(crate) struct PendingCalls {
    completions: Arc<Completions<Vec<Completion>>>,
    wakeup: Arc<Wakeup>,
    pending: Mutex<HashMap<u64, PendingCall>>,
    /// Completions that were taken from the queue but that `next_completion` has not returned yet.
    ready: Mutex<ReadyBatch>,
    started: AtomicU64,
    process: u32,
}

#[pymethods]
impl PendingCalls {
    #[new]
    fn new(py: Python<'_>) -> PyResult<Self> {
        let wakeup = Wakeup::new().map_err(|error| to_py_err(py, &out_of_resources(error)))?;
        let wakeup = Arc::new(wakeup);
        let notified = Arc::clone(&wakeup);
        Ok(Self {
            completions: Arc::new(Completions::new(WakePolicy::Immediate, move || notified.notify())),
            wakeup,
            pending: Mutex::default(),
            ready: Mutex::default(),
            started: AtomicU64::default(),
            process: process::id(),
        })
    }

    /// Returns the file descriptor that is readable when results are ready.
    ///
    /// Raises `NotImplementedError` on platforms without socket pairs.
    fn fileno(&self) -> PyResult<i32> {
        self.wakeup
            .descriptor()
            .ok_or_else(|| PyNotImplementedError::new_err("there are no socket pairs here"))
    }

    /// Sets a function to call when results are ready, for loops that cannot watch a file descriptor. The function is
    /// usually called on the background thread, not on the thread of the event loop.
    fn set_callback(&self, function: Py<PyAny>) {
        self.wakeup.set_callback(function);
    }

    /// Reads the pending wakeup bytes, so that the event loop sleeps until the next result is ready.
    fn drain_wakeup(&self) {
        self.wakeup.drain();
    }

    /// Returns the next delivery, or `None` if there is none. A delivery is either a future and its result (a session
    /// or an exception), or `None` and a log entry. Only the thread of the event loop may call this method.
    fn next_completion(&self, py: Python<'_>) -> PyResult<Option<Delivery>> {
        if self.process != process::id() {
            return Ok(None); // in a forked child, the calls belong to the parent
        }
        loop {
            let Some(completion) = self.pop_ready() else { return Ok(None) };
            let (call_id, result) = match completion {
                Completion::Logged(entry) => {
                    return Ok(Some((None, entry.into_pyobject(py)?.into_any().unbind())));
                }
                Completion::Ended(call_id, result) => (call_id, result),
            };
            let Some(pending) = self.pending().remove(&call_id) else { continue };
            let outcome = match result {
                Ok(session) => into_py_session(pending.session_class.bind(py), session)?,
                Err(error) => to_py_err(py, &error).into_value(py).into_any(),
            };
            return Ok(Some((Some(pending.future), outcome)));
        }
    }

    /// Aborts a call and closes its connection. Its result is not delivered.
    fn abort(&self, call_id: u64) {
        let pending = self.pending().remove(&call_id);
        if let Some(PendingCall { call, .. }) = pending {
            call.abort();
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // If the lock is held, a thread is using this object. The object is then not garbage, and the garbage collector
        // does not need to visit the futures.
        if let Ok(pending) = self.pending.try_lock() {
            for PendingCall { future, .. } in pending.values() {
                visit.call(future)?;
            }
        }
        Ok(())
    }

    fn __clear__(&self) {
        self.abort_all();
    }
}

impl PendingCalls {
    /// Starts a call and returns its id, which [`abort`](Self::abort) accepts. When the call ends, `future` gets the
    /// result: an instance of `session_class`, or an exception.
    pub(crate) fn start(
        &self,
        future: Bound<'_, PyAny>,
        session_class: Bound<'_, PyType>,
        collect_logs: bool,
        client: Client,
        request: AnyRequest,
        options: CallOptions,
    ) -> PyResult<u64> {
        let py = future.py();
        let call_id = self.started.fetch_add(1, Ordering::Relaxed);
        let completions = Arc::clone(&self.completions);
        let logs = collect_logs.then(|| {
            let completions = Arc::clone(&completions);
            Logs::new(move |record| {
                completions.add(|batch| batch.push(Completion::Logged(log_entry(record))));
            })
        });
        let on_end = move |result| completions.add(|batch| batch.push(Completion::Ended(call_id, result)));
        let call = start_call(client, request, options, logs, on_end);
        let call = or_raise(py, call)?;
        let pending = PendingCall { future: future.unbind(), session_class: session_class.unbind(), call };
        // The result cannot be delivered before this insertion, because only this thread delivers results.
        self.pending().insert(call_id, pending);
        Ok(call_id)
    }

    fn pop_ready(&self) -> Option<Completion> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.is_empty() {
            ready.extend(self.completions.take());
        }
        ready.pop_front()
    }

    fn pending(&self) -> MutexGuard<'_, HashMap<u64, PendingCall>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn abort_all(&self) {
        let pending = std::mem::take(&mut *self.pending());
        for PendingCall { call, .. } in pending.into_values() {
            call.abort();
        }
    }
}

impl Drop for PendingCalls {
    fn drop(&mut self) {
        // In a forked child, the calls and their runtime belong to the parent process. The child leaks its copies,
        // because aborting or dropping them could affect the parent.
        if self.process == process::id() {
            self.abort_all();
        } else {
            std::mem::forget(std::mem::take(&mut *self.pending()));
        }
    }
}
