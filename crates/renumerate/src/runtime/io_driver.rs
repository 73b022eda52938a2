//! Polls the I/O driver of a current-thread runtime that has been idle. The I/O driver is the part of a tokio runtime
//! that receives events of sockets.
//!
//! While no task runs on a current-thread runtime, nothing polls the driver. The runtime then does not notice that a
//! server closes a pooled connection.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, Id};

/// Time after a poll during which no new poll is needed. If the server closes a connection within this time, the client
/// notices the closing only when it uses the connection. This can happen on any runtime.
pub(crate) const POLL_FRESH_FOR: Duration = Duration::from_millis(1);

/// Makes a current-thread runtime poll its I/O driver, so that it notices closed connections before a request reuses
/// one.
///
/// This works because tokio polls the driver before it resumes a task that has yielded.
pub(crate) async fn poll_io_driver() {
    tokio::task::yield_now().await;
}

/// The runtime whose I/O driver was polled last, and the time of that poll.
///
/// A client uses this record to skip unnecessary polls. To receive a response, the runtime polls the driver anyway. If
/// the next call follows shortly after the response, another poll would take time and have no effect.
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
