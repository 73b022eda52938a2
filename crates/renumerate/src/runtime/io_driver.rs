//! Polling of an idle current-thread runtime's I/O driver.
//!
//! While no task runs on such a runtime, it does not notice that a server closes a pooled connection.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, Id};

/// Time for which a poll stays fresh. A connection that closes within it is noticed only when it is used, as on any
/// runtime.
pub(crate) const POLL_FRESH_FOR: Duration = Duration::from_millis(1);

/// Makes a current-thread runtime poll its I/O driver, so that it notices closed connections before one is reused.
///
/// tokio resumes a task that has yielded only after it has polled the driver.
pub(crate) async fn poll_io_driver() {
    tokio::task::yield_now().await;
}

/// The runtime whose I/O driver was polled last, and when.
///
/// Each response implies a poll. Under load, an additional poll for each call has a cost and no effect.
#[derive(Debug, Default)]
pub(crate) struct LastPolled(Mutex<Option<(Id, Instant)>>);

impl LastPolled {
    /// Returns whether the driver of this runtime was polled within [`POLL_FRESH_FOR`].
    pub(crate) fn is_fresh(&self, runtime: &Handle) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|(id, at)| id == runtime.id() && at.elapsed() < POLL_FRESH_FOR)
    }

    /// Records that the driver of this runtime has just been polled.
    pub(crate) fn mark(&self, runtime: &Handle) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((runtime.id(), Instant::now()));
    }
}
