//! One event loop's calls: where their results wait, and the futures that they belong to.
//!
//! The background thread never touches the interpreter: it knows calls by number, puts results into a queue and rings a
//! bell that the loop watches. The futures stay here, and are resolved on the loop's own thread.

use std::collections::HashMap;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyNotImplementedError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use renumerate::binding::{Completions, InFlight, LogRecord, Logs, SessionRequest, start};
use renumerate::{CallOptions, Client, Error};

use crate::arguments::raised;
use crate::bell::Bell;
use crate::errors::to_python;
use crate::logs::{log, logger};
use crate::session::{InPython, Session};

/// Makes a session's object of what a call answered.
type Wrap = fn(Python<'_>, Session) -> PyResult<Py<PyAny>>;

/// What the background thread has to tell.
enum News {
    Ended(u64, Result<Session, Error>, Wrap),
    Logged(LogRecord),
}

/// A call that somebody awaits.
struct Waiting {
    future: Py<PyAny>,
    call: InFlight,
}

/// The calls of one event loop.
#[pyclass(frozen, weakref, module = "renumerate_sdk._native")]
pub(crate) struct LoopCalls {
    news: Arc<Completions<News>>,
    bell: Arc<Bell>,
    waiting: Mutex<HashMap<u64, Waiting>>,
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
            news: Arc::new(Completions::new(move || rings.ring())),
            bell,
            waiting: Mutex::default(),
            started: AtomicU64::default(),
            process: process::id(),
        })
    }

    /// The descriptor that the loop is to watch, to call `deliver` when it can be read.
    fn fileno(&self) -> PyResult<i32> {
        self.bell.descriptor().ok_or_else(|| PyNotImplementedError::new_err("there are no socket pairs here"))
    }

    /// Calls this function when there is news, from another thread, for loops that can watch no descriptor.
    fn call_instead(&self, function: Py<PyAny>) {
        self.bell.call_instead(function);
    }

    /// Hands out what has come. Only the loop calls this, on its own thread.
    fn deliver(&self, py: Python<'_>) -> PyResult<()> {
        self.bell.hush();
        for news in self.news.take() {
            match news {
                News::Logged(record) => log(py, &record),
                News::Ended(number, result, wrap) => {
                    let Some(waiting) = self.waiting().remove(&number) else { continue };
                    resolve(waiting.future.bind(py), result, wrap)?;
                }
            }
        }
        Ok(())
    }

    /// Ends a call that nobody awaits any more: its connection is closed.
    fn abort(&self, number: u64) {
        let waiting = self.waiting().remove(&number);
        if let Some(Waiting { call, .. }) = waiting {
            call.abort();
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Some(function) = self.bell.function() {
            visit.call(function)?;
        }
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
    /// Starts a call: its future, and the number to abort it by.
    pub(crate) fn start<'py, R: SessionRequest<Kind: InPython>>(
        &self,
        event_loop: &Bound<'py, PyAny>,
        client: Client,
        request: R,
        options: CallOptions,
    ) -> PyResult<(Bound<'py, PyAny>, u64)> {
        let py = event_loop.py();
        let future = event_loop.call_method0(intern!(py, "create_future"))?;
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let news = Arc::clone(&self.news);
        let call = async move {
            let result = client.create(&request, &options).await.map(Session::from);
            news.push(News::Ended(number, result, R::Kind::wrap));
        };
        let call = if logger(py)?.is_some() {
            let news = Arc::clone(&self.news);
            start(Logs::new(move |record| news.push(News::Logged(record))).of(call))
        } else {
            start(call)
        };
        let waiting = Waiting { future: future.clone().unbind(), call: raised(py, call)? };
        // It cannot be delivered before it is here: that happens on this thread too.
        self.waiting().insert(number, waiting);
        Ok((future, number))
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
        }
    }
}

/// Gives the future its result, unless it was cancelled since.
fn resolve(future: &Bound<'_, PyAny>, result: Result<Session, Error>, wrap: Wrap) -> PyResult<()> {
    let py = future.py();
    if future.call_method0(intern!(py, "done"))?.is_truthy()? {
        return Ok(());
    }
    match result {
        Ok(session) => future.call_method1(intern!(py, "set_result"), (wrap(py, session)?,))?,
        Err(error) => {
            let exception = to_python(py, &error).into_value(py);
            future.call_method1(intern!(py, "set_exception"), (exception,))?
        }
    };
    Ok(())
}
