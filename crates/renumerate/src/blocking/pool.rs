//! Pool of current-thread runtimes for blocking calls.
//!
//! Each runtime drives one call at a time, on the thread that makes the call, and keeps its connections for later
//! calls.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use crate::client::ProcessState;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::runtime::{POLL_FRESH_FOR, poll_io_driver};
use crate::tls::ExtraRoots;
use crate::transport::IDLE_CONNECTION;

/// Maximum number of idle runtimes. After a burst of calls, the surplus runtimes are closed to free their file
/// descriptors.
const MAX_IDLE: usize = 64;

/// Time between two checks whether another call has given back its runtime.
const RETURN_POLL: Duration = Duration::from_millis(5);

/// Current-thread runtime, which drives the connections that it has opened.
#[derive(Debug)]
struct PooledRuntime(Option<Runtime>);

impl PooledRuntime {
    fn new() -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::out_of_resources(Box::new(error)))?;
        Ok(Self(Some(runtime)))
    }

    /// See [`BorrowedRuntime::block_on`]. `idle_for` is the time since the runtime's previous call.
    fn block_on<T>(
        &self,
        idle_for: Duration,
        call: impl Future<Output = T>,
        is_success: impl FnOnce(&T) -> bool,
    ) -> Result<T> {
        let Some(runtime) = &self.0 else {
            return Err(Error::internal("the runtime of this call has ended"));
        };
        Ok(runtime.block_on(async {
            if idle_for >= POLL_FRESH_FOR {
                poll_io_driver().await;
            }
            let output = call.await;
            if !is_success(&output) {
                // Let the runtime close the connection of the failed call now. Otherwise, the runtime would close it
                // only during the next call, which may come much later.
                poll_io_driver().await;
            }
            output
        }))
    }
}

impl Drop for PooledRuntime {
    fn drop(&mut self) {
        // Shut down in the background, because dropping a `Runtime` inside another one panics.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// State of a client in this process, and a stack of idle runtimes.
///
/// A call takes the runtime that was used last, so that few connections serve many threads. At the end of a call, its
/// runtime returns to the stack, and the runtimes that have been idle for longer than [`IDLE_CONNECTION`] are closed.
#[derive(Debug)]
pub(crate) struct RuntimePool {
    pub(crate) state: ProcessState,
    idle: Mutex<Vec<(PooledRuntime, Instant)>>,
    /// Number of runtimes that calls are using.
    borrowed: AtomicUsize,
}

impl RuntimePool {
    /// Creates an empty pool.
    pub(crate) fn new(config: &Config, extra_roots: &ExtraRoots) -> Result<Self> {
        let state = ProcessState::new(config, extra_roots)?;
        Ok(Self { state, idle: Mutex::default(), borrowed: AtomicUsize::new(0) })
    }

    /// Borrows an idle runtime, or a new one if none is idle. No other call uses the runtime at the same time.
    ///
    /// # Errors
    ///
    /// An error if no runtime can be created.
    pub(crate) fn borrow(&self) -> Result<BorrowedRuntime<'_>> {
        match self.borrow_idle() {
            Some(idle) => Ok(idle),
            None => Ok(BorrowedRuntime::new(self, PooledRuntime::new()?, Duration::ZERO)),
        }
    }

    /// Waits for a runtime that another call gives back. Use this if the process has no descriptors for a new one. Returns
    /// `None` if no other call uses a runtime.
    pub(crate) async fn borrow_returned(&self) -> Option<BorrowedRuntime<'_>> {
        loop {
            // Ask first: the last call may give back its runtime after the pool was found empty.
            let is_in_use = self.borrowed.load(Ordering::Relaxed) > 0;
            match self.borrow_idle() {
                None if is_in_use => tokio::time::sleep(RETURN_POLL).await,
                idle => return idle,
            }
        }
    }

    fn borrow_idle(&self) -> Option<BorrowedRuntime<'_>> {
        let (runtime, since) = self.lock().pop()?;
        Some(BorrowedRuntime::new(self, runtime, since.elapsed()))
    }

    /// Keeps a runtime for later calls, and closes those that have been idle for too long.
    fn give_back(&self, runtime: PooledRuntime) {
        let now = Instant::now();
        let expired: Vec<_> = {
            let mut idle = self.lock();
            if idle.len() < MAX_IDLE {
                idle.push((runtime, now));
            }
            let first_fresh = idle.partition_point(|(_, since)| now.duration_since(*since) > IDLE_CONNECTION);
            idle.drain(..first_fresh).collect()
        };
        drop(expired); // outside the lock, because this closes sockets
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(PooledRuntime, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runtime that a call has borrowed. Dropping it gives it back to the pool.
#[derive(Debug)]
pub(crate) struct BorrowedRuntime<'a> {
    pool: &'a RuntimePool,
    runtime: Option<PooledRuntime>,
    /// Time since the previous call of the runtime.
    idle_for: Duration,
}

impl<'a> BorrowedRuntime<'a> {
    fn new(pool: &'a RuntimePool, runtime: PooledRuntime, idle_for: Duration) -> Self {
        pool.borrowed.fetch_add(1, Ordering::Relaxed);
        Self { pool, runtime: Some(runtime), idle_for }
    }

    /// Closes the runtime, so that its descriptors can be used for something else.
    pub(crate) fn close(mut self) {
        drop(self.runtime.take());
    }

    /// Runs a call to completion on this thread. `is_success` returns whether the output is that of a successful call.
    ///
    /// # Errors
    ///
    /// An internal error if the runtime has been shut down.
    pub(crate) fn block_on<T>(
        &self,
        call: impl Future<Output = T>,
        is_success: impl FnOnce(&T) -> bool,
    ) -> Result<T> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(self.idle_for, call, is_success),
            None => Err(Error::internal("the runtime of this call has ended")),
        }
    }
}

impl Drop for BorrowedRuntime<'_> {
    fn drop(&mut self) {
        // A panic may have left the runtime in any state, so it is not used again.
        if let Some(runtime) = self.runtime.take().filter(|_| !thread::panicking()) {
            self.pool.give_back(runtime);
        }
        self.pool.borrowed.fetch_sub(1, Ordering::Relaxed);
    }
}
