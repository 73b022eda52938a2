//! Pending calls of one scheduler: their events, and the queue of their results. A scheduler is an event loop of asyncio,
//! a run of trio, or a hub of gevent or eventlet.
//!
//! The background thread of the core puts results into the queue, together with the ids of their calls, and wakes the
//! scheduler. The only Python object that it uses is the wakeup callback, if one is set. The events stay in
//! [`PendingCalls`]. The thread of the scheduler sets them, and each caller then takes the result of its call.

use std::collections::{HashMap, VecDeque};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::PyNotImplementedError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyType;
use renumerate::ffi::{
    AbortHandle, AnySession, CheckedRequest, Completions, Logs, WakePolicy, internal_error, out_of_resources,
    start_call,
};
use renumerate::{Error, blocking};

use crate::EndpointKind;
use crate::arguments::or_raise;
use crate::errors::to_py_err;
use crate::session::into_py_session;
use crate::wakeup::Wakeup;

/// Time for which a forked child sleeps when its copy of the scheduler is woken for the parent's calls.
const FOREIGN_WAKEUP_PAUSE: Duration = Duration::from_millis(1);

/// Id of a call, and its result.
type Completion = (u64, Result<AnySession, Error>);

/// Completions, oldest first.
type ReadyBatch = VecDeque<Completion>;

/// Call whose caller has not taken the result yet.
struct PendingCall {
    /// Function that sets the event for which the caller waits.
    set_event: Py<PyAny>,
    session_class: Py<PyType>,
    state: CallState,
}

enum CallState {
    Running(AbortHandle),
    Ended(Result<AnySession, Error>),
}

/// Pending calls of one scheduler.
#[pyclass(frozen, weakref, module = "renumerate_sdk._native")]
pub(crate) struct PendingCalls {
    completions: Arc<Completions<Vec<Completion>>>,
    wakeup: Arc<Wakeup>,
    pending: Mutex<HashMap<u64, PendingCall>>,
    /// Completions that were taken from the queue but that `next_ended` has not returned yet.
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

    /// Sets a function to call when results are ready, for schedulers that cannot watch a file descriptor. The function
    /// is usually called on the background thread, not on the thread of the scheduler.
    fn set_callback(&self, function: Py<PyAny>) {
        self.wakeup.set_callback(function);
    }

    /// Returns whether a parent process created this object, which works only there.
    fn is_inherited(&self) -> bool {
        self.process != process::id()
    }

    /// Reads the pending wakeup bytes, so that the scheduler sleeps until the next result is ready.
    ///
    /// In a forked child, the calls belong to the parent. The child's copy of the scheduler still watches the socket that
    /// both processes share. The child leaves the bytes to the parent, which would otherwise never wake, and sleeps for
    /// a moment, because the socket stays readable until the parent has read the bytes. The child cannot stop watching:
    /// an event loop may share its epoll instance with the parent.
    fn drain_wakeup(&self, py: Python<'_>) {
        if self.is_inherited() {
            py.detach(|| thread::sleep(FOREIGN_WAKEUP_PAUSE));
        } else {
            self.wakeup.drain();
        }
    }

    /// Wakes the scheduler again, because results are left that it has not delivered.
    fn wake(&self) {
        self.wakeup.notify();
    }

    /// Returns the function that sets the event of a call that has ended, or `None` if there is no such call. Only the
    /// thread of the scheduler may call this method.
    fn next_ended(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        if self.is_inherited() {
            return None;
        }
        loop {
            let (call_id, result) = self.pop_ready()?;
            if let Some(pending) = self.pending().get_mut(&call_id) {
                pending.state = CallState::Ended(result);
                return Some(pending.set_event.clone_ref(py));
            }
        }
    }

    /// Returns the session of a call that has ended, or raises its exception.
    fn take_result(&self, py: Python<'_>, call_id: u64) -> PyResult<Py<PyAny>> {
        let pending = self.pending().remove(&call_id);
        let Some(PendingCall { session_class, state: CallState::Ended(result), .. }) = pending else {
            return Err(to_py_err(py, &internal_error()));
        };
        into_py_session(session_class.bind(py), or_raise(py, result)?)
    }

    /// Aborts a call and closes its connection. Does nothing if the caller has taken the result.
    fn abort(&self, call_id: u64) {
        let pending = self.pending().remove(&call_id);
        if let Some(PendingCall { state, .. }) = pending {
            self.abort_running(state);
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // If the lock is held, a thread is using this object. The object is then not garbage, and the garbage collector
        // does not need to visit the events.
        if let Ok(pending) = self.pending.try_lock() {
            for PendingCall { set_event, .. } in pending.values() {
                visit.call(set_event)?;
            }
        }
        Ok(())
    }

    fn __clear__(&self) {
        self.abort_all();
    }
}

impl PendingCalls {
    /// Starts a call and returns its id. When the call has ended, `set_event` is called on the thread of the scheduler.
    /// [`take_result`](Self::take_result) then returns an instance of `session_class`, or raises an exception.
    pub(crate) fn start(
        &self,
        set_event: Bound<'_, PyAny>,
        session_class: Bound<'_, PyType>,
        logs: Option<&Logs>,
        client: Result<blocking::Client, Error>,
        kind: EndpointKind,
        request: CheckedRequest,
    ) -> PyResult<u64> {
        let py = set_event.py();
        let call_id = self.started.fetch_add(1, Ordering::Relaxed);
        let completions = Arc::clone(&self.completions);
        let on_end = move |result| completions.add(|batch| batch.push((call_id, result)));
        let call = or_raise(py, start_call(client, kind.into(), request, logs, on_end))?;
        let (set_event, session_class) = (set_event.unbind(), session_class.unbind());
        let pending = PendingCall { set_event, session_class, state: CallState::Running(call) };
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
        for PendingCall { state, .. } in pending.into_values() {
            self.abort_running(state);
        }
    }

    /// Aborts a running call. A forked child leaks the handle: the call and its runtime belong to the parent process, which
    /// aborting or dropping could affect.
    fn abort_running(&self, state: CallState) {
        match state {
            CallState::Running(call) if self.is_inherited() => std::mem::forget(call),
            CallState::Running(call) => call.abort(),
            CallState::Ended(_) => {}
        }
    }
}

impl Drop for PendingCalls {
    fn drop(&mut self) {
        self.abort_all();
    }
}
