//! One event loop's calls: where their results wait, and the futures that they belong to.
//!
//! The background thread never touches the interpreter: it knows calls by number, puts results into a queue and rings a
//! bell that the loop watches. The futures stay here, and are resolved on the loop's own thread.

use std::collections::{HashMap, VecDeque};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyNotImplementedError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use renumerate::ffi::{AbortHandle, Completions, Logs, SessionRequest, WakePolicy, start_call};
use renumerate::{CallOptions, Client, Error};

use crate::arguments::raised;
use crate::bell::Bell;
use crate::errors::to_python;
use crate::logs::{Line, line};
use crate::session::{InPython, Session};

/// Makes a session's object of what a call answered.
type Wrap = fn(Python<'_>, Session) -> PyResult<Py<PyAny>>;

/// A future and what it is to get, or no future and a record of the logs.
type ToHandOut = (Option<Py<PyAny>>, Py<PyAny>);

/// What the background thread has to tell.
enum News {
    Ended(u64, Result<Session, Error>, Wrap),
    Logged(Line),
}

/// A call that somebody awaits.
struct Waiting {
    future: Py<PyAny>,
    call: AbortHandle,
}

/// The calls of one event loop.
#[pyclass(frozen, weakref, module = "renumerate_sdk._native")]
pub(crate) struct LoopCalls {
    news: Arc<Completions<Vec<News>>>,
    bell: Arc<Bell>,
    waiting: Mutex<HashMap<u64, Waiting>>,
    /// News that the loop is about to take.
    taken: Mutex<VecDeque<News>>,
    started: AtomicU64,
    process: u32,
}

#[pymethods]
impl LoopCalls {
    #[new]
    fn new() -> PyResult<Self> {
        let bell = Arc::new(Bell::new()?);
        let rings = Arc::clone(&bell);
        Ok(Self {
            news: Arc::new(Completions::new(WakePolicy::Immediate, move || rings.ring())),
            bell,
            waiting: Mutex::default(),
            taken: Mutex::default(),
            started: AtomicU64::default(),
            process: process::id(),
        })
    }

    /// The descriptor that the loop is to poll_interrupts, to call `deliver` when it can be read.
    fn fileno(&self) -> PyResult<i32> {
        self.bell.descriptor().ok_or_else(|| PyNotImplementedError::new_err("there are no socket pairs here"))
    }

    /// Calls this function when there is news, from another thread, for loops that can poll_interrupts no descriptor.
    fn call_instead(&self, function: Py<PyAny>) {
        self.bell.call_instead(function);
    }

    /// The loop has heard the bell: it sleeps until the next time.
    fn hush(&self) {
        self.bell.hush();
    }

    /// The next thing that has come: a future of the loop and what it is to get, a session or an exception; or no
    /// future and a record of the logs; `None` when that was all. Only the loop calls this, on its own thread.
    fn next_news(&self, py: Python<'_>) -> PyResult<Option<ToHandOut>> {
        if self.process != process::id() {
            return Ok(None); // a forked child: they are the parent's
        }
        loop {
            let Some(news) = self.next() else { return Ok(None) };
            let (number, result, wrap) = match news {
                News::Logged(line) => return Ok(Some((None, line.into_pyobject(py)?.into_any().unbind()))),
                News::Ended(number, result, wrap) => (number, result, wrap),
            };
            let Some(waiting) = self.waiting().remove(&number) else { continue };
            let outcome = match result {
                Ok(session) => wrap(py, session)?,
                Err(error) => to_python(py, &error).into_value(py).into_any(),
            };
            return Ok(Some((Some(waiting.future), outcome)));
        }
    }

    /// Ends a call that nobody awaits any more: its connection is closed.
    fn abort(&self, number: u64) {
        let waiting = self.waiting().remove(&number);
        if let Some(Waiting { call, .. }) = waiting {
            call.abort();
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // Whoever holds the lock is at work on the map, which is then no garbage.
        if let Ok(waiting) = self.waiting.try_lock() {
            for Waiting { future, .. } in waiting.values() {
                visit.call(future)?;
            }
        }
        Ok(())
    }

    fn __clear__(&self) {
        self.abort_all();
    }
}

impl LoopCalls {
    /// Starts a call for the future, and returns the number to abort it by.
    pub(crate) fn start<R: SessionRequest<Kind: InPython>>(
        &self,
        future: Bound<'_, PyAny>,
        listens: bool,
        client: Client,
        request: R,
        options: CallOptions,
    ) -> PyResult<u64> {
        let py = future.py();
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let news = Arc::clone(&self.news);
        let logs = listens.then(|| {
            let news = Arc::clone(&news);
            Logs::new(move |record| news.add(|batch| batch.push(News::Logged(line(record)))))
        });
        let tell = move |end: Result<_, Error>| {
            news.add(|batch| batch.push(News::Ended(number, end.map(Session::from), R::Kind::wrap)));
        };
        let call = start_call(client, request, options, logs, tell);
        let waiting = Waiting { future: future.unbind(), call: raised(py, call)? };
        // It cannot be delivered before it is here: that happens on this thread too.
        self.waiting().insert(number, waiting);
        Ok(number)
    }

    fn next(&self) -> Option<News> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.is_empty() {
            taken.extend(self.news.take());
        }
        taken.pop_front()
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn abort_all(&self) {
        let waiting = std::mem::take(&mut *self.waiting());
        for Waiting { call, .. } in waiting.into_values() {
            call.abort();
        }
    }
}

impl Drop for LoopCalls {
    fn drop(&mut self) {
        // In a forked child the calls are the parent's, and so is the runtime that they run on.
        if self.process == process::id() {
            self.abort_all();
        } else {
            std::mem::forget(std::mem::take(&mut *self.waiting()));
        }
    }
}
