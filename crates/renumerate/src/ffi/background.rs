//! One thread for the calls of a process that has an event loop in another language: a runtime of its own drives them,
//! and that loop is never held up by them.

use std::cell::RefCell;
use std::future::pending;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, oneshot};

use crate::error::{Error, NetworkPhase, Result};
use crate::runtime::PerProcess;
use crate::runtime::race;

/// The thread starts with the first call of a process; a forked child starts its own.
static BACKGROUND: OnceLock<PerProcess<BackgroundExecutor>> = OnceLock::new();

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The tasks that wait for the thread. It takes as many as have gathered: waking a thread costs more than a task.
struct BackgroundExecutor(Arc<InjectQueue>);

#[derive(Default)]
struct InjectQueue {
    tasks: Mutex<Vec<Task>>,
    notify: Notify,
    closed: AtomicBool,
}

/// A call under way. Dropped it goes on.
#[derive(Debug)]
pub struct AbortHandle(oneshot::Sender<()>);

impl AbortHandle {
    /// Ends the call where it is, and closes its connection.
    pub fn abort(self) {
        let _ended_already = self.0.send(());
    }
}

/// Drives the future on the background thread of this process.
///
/// # Errors
///
/// [`ErrorKind::Network`](crate::ErrorKind::Network) where the thread cannot be started: the process is out of
/// descriptors or threads.
pub fn start(future: impl Future<Output = ()> + Send + 'static) -> Result<AbortHandle> {
    if BACKGROUND.get().is_none() {
        // Made outside the lock, in which a fork could catch it. Where two threads make one each, one ends at once.
        let _already_there = BACKGROUND.set(PerProcess::new(BackgroundExecutor::start()?));
    }
    let Some(background) = BACKGROUND.get() else {
        return Err(cannot_start("the background thread is not there".into()));
    };
    let BackgroundExecutor(inbox) = background.get(BackgroundExecutor::start)?;
    let (abort, aborted) = oneshot::channel();
    let task = Box::pin(async move {
        let aborted = async {
            if aborted.await.is_err() {
                pending::<()>().await; // nobody will abort it any more
            }
        };
        // In this order, so that what was aborted while it waited for the thread never begins: it would open a connection.
        let _ended = race(aborted, future).await;
    });
    inbox.add(task);
    Ok(AbortHandle(abort))
}

impl InjectQueue {
    fn add(&self, task: Task) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
        self.notify.notify_one();
    }

    fn take(&self) -> Vec<Task> {
        std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl BackgroundExecutor {
    fn start() -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .on_thread_park(wake_all)
            .build()
            .map_err(|error| cannot_start(error.into()))?;
        let inbox = Arc::new(InjectQueue::default());
        let for_thread = Arc::clone(&inbox);
        thread::Builder::new()
            .name("renumerate".to_owned())
            .spawn(move || drive(runtime, &for_thread))
            .map_err(|error| cannot_start(error.into()))?;
        Ok(Self(inbox))
    }
}

impl Drop for BackgroundExecutor {
    fn drop(&mut self) {
        self.0.closed.store(true, Ordering::Release);
        self.0.notify.notify_one();
    }
}

/// Starts the tasks that come and drives them, until none can come any more.
fn drive(runtime: Runtime, inbox: &InjectQueue) {
    block_sigpipe();
    PENDING_WAKES.set(Some(Vec::new()));
    runtime.block_on(async {
        while !inbox.closed.load(Ordering::Acquire) {
            for task in inbox.take() {
                tokio::spawn(task);
            }
            inbox.notify.notified().await;
        }
    });
    runtime.shutdown_background(); // a name look-up may be stuck
    wake_all(); // for the calls that were dropped with it
}

/// A server that hangs up would end the process, where its language leaves SIGPIPE as it is: TLS is written by a call that
/// has no flag against that. The signal comes to the thread that writes, and other threads' is not ours to change.
fn block_sigpipe() {
    #[cfg(unix)]
    {
        use nix::sys::signal::{SigSet, Signal};
        let _cannot_fail = SigSet::from(Signal::SIGPIPE).thread_block();
    }
}

type WakeFn = Arc<dyn Fn() + Send + Sync>;

thread_local! {
    /// Those to be rung when this thread comes to rest, where it is the background thread.
    static PENDING_WAKES: RefCell<Option<Vec<WakeFn>>> = const { RefCell::new(None) };
}

/// Rings when the background thread has nothing else to do; on any other thread at once.
pub(super) fn wake_when_idle(wake: &WakeFn) {
    let noted =
        PENDING_WAKES.with_borrow_mut(|wakes| wakes.as_mut().map(|wakes| wakes.push(Arc::clone(wake))));
    if noted.is_none() {
        wake();
    }
}

fn wake_all() {
    while let Some(wake) = PENDING_WAKES.with_borrow_mut(|wakes| wakes.as_mut()?.pop()) {
        wake();
    }
}

fn cannot_start(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::network(NetworkPhase::Connect, error).with_retryable(true) // it may pass
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn jobs_run_side_by_side_on_one_thread_of_its_own() {
        let (tell, told) = channel();
        let (meet, both) = oneshot::channel();
        let first = tell.clone();
        start(async move {
            both.await.unwrap(); // which only the second one can bring about
            first.send(thread::current().id()).unwrap();
        })
        .unwrap();
        start(async move {
            meet.send(()).unwrap();
            tell.send(thread::current().id()).unwrap();
        })
        .unwrap();
        let threads = [told.recv_timeout(LONG).unwrap(), told.recv_timeout(LONG).unwrap()];
        assert_eq!(threads[0], threads[1]);
        assert_ne!(threads[0], thread::current().id());
    }

    #[test]
    fn an_aborted_job_is_dropped_and_a_forgotten_one_goes_on() {
        let (held, dropped) = channel::<()>();
        let task = start(async move {
            let _held = held;
            pending::<()>().await;
        });
        task.unwrap().abort();
        assert_eq!(dropped.recv_timeout(LONG), Err(RecvTimeoutError::Disconnected));

        let (tell, told) = channel();
        drop(start(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            tell.send(()).unwrap();
        }));
        told.recv_timeout(LONG).unwrap();
    }

    #[test]
    fn a_job_that_is_aborted_before_the_thread_comes_to_it_never_begins() {
        let (let_go, thread_is_held) = channel::<()>();
        let holding = start(async move {
            let _let_go = thread_is_held.recv_timeout(LONG);
        });
        let (tell, told) = channel();
        let task = start(async move {
            tell.send(()).unwrap();
        });
        task.unwrap().abort();
        let_go.send(()).unwrap();
        assert_eq!(told.recv_timeout(LONG), Err(RecvTimeoutError::Disconnected));
        drop(holding);
    }
}
