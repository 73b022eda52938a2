//! Turning the I/O driver of a runtime that has one thread: while nobody drives it, it does not see which connections
//! the server closes.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, Id};

/// How long a turn counts. What a server closes within so little time is found by using it, as on any runtime.
pub(crate) const POLL_FRESH_FOR: Duration = Duration::from_millis(1);

/// Lets the runtime look at its sockets before a connection is taken.
pub(crate) async fn poll_io_driver() {
    tokio::task::yield_now().await;
}

/// When the driver of which runtime was last seen to turn: under load every answer is such a sight, and a turn of its
/// own for each call would only cost.
#[derive(Debug, Default)]
pub(crate) struct LastPolled(Mutex<Option<(Id, Instant)>>);

impl LastPolled {
    pub(crate) fn is_fresh(&self, runtime: &Handle) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|(id, at)| id == runtime.id() && at.elapsed() < POLL_FRESH_FOR)
    }

    pub(crate) fn mark(&self, runtime: &Handle) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((runtime.id(), Instant::now()));
    }
}
