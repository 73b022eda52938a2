//! One thread for the calls of a process that has an event loop in another language: a runtime of its own drives them,
//! and that loop is never held up by them.

use std::sync::OnceLock;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::error::{Error, NetworkPhase, Result};
use crate::process::PerProcess;

/// The thread starts with the first call of a process; a forked child starts its own.
static BACKGROUND: OnceLock<PerProcess<Background>> = OnceLock::new();

struct Background {
    runtime: Handle,
    /// Dropped, it ends the thread.
    _running: oneshot::Sender<()>,
}

/// A call under way. Dropped it goes on.
#[derive(Debug)]
pub struct InFlight(AbortHandle);

impl InFlight {
    /// Ends the call where it is, and closes its connection.
    pub fn abort(&self) {
        self.0.abort();
    }
}

/// Drives the future on the background thread of this process.
///
/// # Errors
///
/// [`ErrorKind::Network`](crate::ErrorKind::Network) where the thread cannot be started: the process is out of
/// descriptors or threads.
pub fn start(future: impl Future<Output = ()> + Send + 'static) -> Result<InFlight> {
    let background = match BACKGROUND.get() {
        Some(background) => background,
        None => {
            // Made outside the lock, in which a fork could catch it. Where two threads make one each, one ends at once.
            let _already_there = BACKGROUND.set(PerProcess::new(Background::start()?));
            BACKGROUND.get().ok_or_else(|| cannot_start("the background thread has ended".into()))?
        }
    };
    let task = background.get(Background::start)?.runtime.spawn(future);
    Ok(InFlight(task.abort_handle()))
}

impl Background {
    fn start() -> Result<Self> {
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(|error| cannot_start(error.into()))?;
        let handle = runtime.handle().clone();
        let (running, ended) = oneshot::channel();
        thread::Builder::new()
            .name("renumerate".to_owned())
            .spawn(move || {
                let _dropped = runtime.block_on(ended);
                runtime.shutdown_background(); // a name look-up may be stuck
            })
            .map_err(|error| cannot_start(error.into()))?;
        Ok(Self { runtime: handle, _running: running })
    }
}

fn cannot_start(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::network(NetworkPhase::Connect, error).with_retryable(true) // it may pass
}
