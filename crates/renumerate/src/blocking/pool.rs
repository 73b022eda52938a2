//! Runtimes for callers without one: each drives one call at a time, on the thread that makes the call, and keeps its
//! connections for the next.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};

use crate::config::Config;
use crate::error::{Error, NetworkPhase, Result};
use crate::runtime::{POLL_FRESH_FOR, poll_io_driver};
use crate::tls::{self, ExtraRoots};
use crate::transport::{IDLE_CONNECTION, Transport};

/// FailureClass many pool wait at most: a burst of calls must not keep its descriptors for good.
const MAX_IDLE: usize = 64;

/// A runtime without threads of its own, and the connections that live on it.
#[derive(Debug)]
pub(crate) struct PooledRuntime {
    runtime: Option<Runtime>,
    pub(crate) transport: Transport,
}

impl PooledRuntime {
    fn new(config: &Config, tls: ClientConfig) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| {
            // Out of descriptors, most likely; it may pass.
            Error::network(NetworkPhase::Connect, Box::new(error)).with_retryable(true)
        })?;
        Ok(Self { runtime: Some(runtime), transport: Transport::new(config, tls)? })
    }

    /// Drives a call to its end on this thread. `idle` is for how long nobody has driven the runtime.
    pub(crate) fn block_on<T>(
        &self,
        idle: Duration,
        call: impl Future<Output = T>,
        is_good: impl FnOnce(&T) -> bool,
    ) -> Result<T> {
        let Some(runtime) = &self.runtime else {
            return Err(Error::configuration("runtime", "the runtime of this call has ended"));
        };
        Ok(runtime.block_on(async {
            if idle >= POLL_FRESH_FOR {
                poll_io_driver().await;
            }
            let done = call.await;
            if !is_good(&done) {
                // Nobody may block_on this runtime for long: a connection that the call gave up closes now.
                poll_io_driver().await;
            }
            done
        }))
    }
}

impl Drop for PooledRuntime {
    fn drop(&mut self) {
        // Dropped as it is, a runtime waits for a name look-up that is stuck.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The pool that wait for a call: the one that came back last goes first, so that few connections serve many
/// threads, and those that stay below are let go, by a later call, when their connections have died of age.
#[derive(Debug)]
pub(crate) struct RuntimePool {
    tls: ClientConfig,
    waiting: Mutex<Vec<(PooledRuntime, Instant)>>,
}

impl RuntimePool {
    pub(crate) fn new(extra_roots: &ExtraRoots) -> Result<Self> {
        Ok(Self { tls: tls::client_config(extra_roots)?, waiting: Mutex::default() })
    }

    /// Makes a call with a driver of its own for as long as it lasts.
    pub(crate) fn with<T>(
        &self,
        config: &Config,
        call: impl FnOnce(&PooledRuntime, Duration) -> Result<T>,
    ) -> Result<T> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let (driver, idle) = match waiting {
            Some((driver, since)) => (driver, since.elapsed()),
            None => (PooledRuntime::new(config, self.tls.clone())?, Duration::ZERO),
        };
        let done = call(&driver, idle);
        let now = Instant::now();
        let aged: Vec<_> = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.len() < MAX_IDLE {
                waiting.push((driver, now));
            }
            let young = waiting.partition_point(|(_, since)| now.duration_since(*since) > IDLE_CONNECTION);
            waiting.drain(..young).collect()
        };
        drop(aged); // outside the lock: it closes sockets
        done
    }
}
