//! Executor thread that drives the calls of bindings whose language has an event loop. The thread has its own tokio
//! runtime, so that calls never block the event loop.

use std::cell::RefCell;
use std::future::pending;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, oneshot};

use crate::error::{Error, Result};
use crate::runtime::PerProcess;
use crate::runtime::race;

/// The executor of this process. [`start`] starts its thread, and [`stop`] ends it. A forked child has its own executor.
static BACKGROUND: OnceLock<PerProcess<ExecutorSlot>> = OnceLock::new();

/// Time between two checks whether the tasks of a dropped executor have ended.
const TASK_POLL_INTERVAL: Duration = Duration::from_millis(5);

/// The running executor, if any.
type ExecutorSlot = Mutex<Option<BackgroundExecutor>>;

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Handle to the executor thread. Dropping it ends the thread when its tasks have ended.
struct BackgroundExecutor(Arc<InjectQueue>);

/// Queue of tasks that the executor thread has not started yet. At each wakeup, the thread takes all queued tasks at
/// once, because waking the thread takes more time than starting a task.
#[derive(Default)]
struct InjectQueue {
    tasks: Mutex<Vec<Task>>,
    notify: Notify,
    closed: AtomicBool,
}

/// Handle that aborts a task. Dropping the handle does not abort the task.
#[derive(Debug)]
pub struct AbortHandle(oneshot::Sender<()>);

impl AbortHandle {
    /// Aborts the task and closes its connection.
    pub fn abort(self) {
        let _already_finished = self.0.send(());
    }
}

/// Runs the future on the executor thread of this process.
///
/// # Errors
///
/// [`ErrorKind::Network`](crate::ErrorKind::Network), retryable, if the thread cannot be started because the process is
/// out of file descriptors or threads.
pub fn start(future: impl Future<Output = ()> + Send + 'static) -> Result<AbortHandle> {
    start_with(|| future)
}

/// Runs a future like [`start`]. Creates it only if the thread runs.
pub(super) fn start_with<F>(create: impl FnOnce() -> F) -> Result<AbortHandle>
where
    F: Future<Output = ()> + Send + 'static,
{
    if BACKGROUND.get().is_none() {
        // Call `set` instead of `get_or_init`. If the process forks while another thread is inside `get_or_init`, the
        // child waits for that thread forever. `set` only moves the value.
        let _already_set = BACKGROUND.set(PerProcess::new(ExecutorSlot::default()));
    }
    let slot = slot()?.ok_or_else(|| Error::internal("the background thread does not exist"))?;
    // The lock stays held during the push, so that `stop` cannot end the thread before it has taken the task.
    let mut executor = slot.lock().unwrap_or_else(PoisonError::into_inner);
    let BackgroundExecutor(queue) = match &mut *executor {
        Some(running) => running,
        stopped => stopped.insert(BackgroundExecutor::start()?),
    };
    let (abort, aborted) = oneshot::channel();
    let future = create();
    let task = Box::pin(async move {
        let aborted = async {
            if aborted.await.is_err() {
                pending::<()>().await; // The handle was dropped without an abort, so the task runs to its end.
            }
        };
        // `race` polls its first argument first, so a task that was aborted while it was queued is never polled and
        // opens no connection.
        let _finished = race(aborted, future).await;
    });
    queue.push(task);
    Ok(AbortHandle(abort))
}

/// Ends the executor thread of this process when its tasks have ended, and closes its descriptors and the connections of
/// clients that are still open. A later [`start`] starts another thread.
pub fn stop() {
    if let Ok(Some(slot)) = slot() {
        drop(slot.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Returns the slot of this process, or `None` before the first call of [`start`].
fn slot() -> Result<Option<&'static ExecutorSlot>> {
    BACKGROUND.get().map(|background| background.get(|| Ok(ExecutorSlot::default()))).transpose()
}

impl InjectQueue {
    fn push(&self, task: Task) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
        self.notify.notify_one();
    }

    fn take_all(&self) -> Vec<Task> {
        std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl BackgroundExecutor {
    fn start() -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .on_thread_park(wake_all)
            .build()
            .map_err(|error| Error::out_of_resources(error.into()))?;
        let queue = Arc::new(InjectQueue::default());
        let thread_queue = Arc::clone(&queue);
        thread::Builder::new()
            .name("renumerate".to_owned())
            .spawn(move || run_tasks(runtime, &thread_queue))
            .map_err(|error| Error::out_of_resources(error.into()))?;
        Ok(Self(queue))
    }
}

impl Drop for BackgroundExecutor {
    fn drop(&mut self) {
        self.0.closed.store(true, Ordering::Release);
        self.0.notify.notify_one();
    }
}

/// Main function of the executor thread: spawns queued tasks and drives them until the queue is closed and the tasks
/// have ended.
fn run_tasks(runtime: Runtime, queue: &InjectQueue) {
    PENDING_WAKES.set(Some(Vec::new()));
    let running = Arc::new(()); // each running task holds a clone
    runtime.block_on(async {
        loop {
            // Read this first: the tasks that were queued before the queue was closed must still run.
            let closed = queue.closed.load(Ordering::Acquire);
            for task in queue.take_all() {
                let token = Arc::clone(&running);
                tokio::spawn(async move {
                    task.await;
                    drop(token);
                });
            }
            if closed {
                break;
            }
            queue.notify.notified().await;
        }
        // Other tasks of the runtime, such as idle connections and their timers, end with the runtime.
        while Arc::strong_count(&running) > 1 {
            tokio::time::sleep(TASK_POLL_INTERVAL).await;
        }
    });
    runtime.shutdown_background();
    // The last tasks may have added functions to `PENDING_WAKES`. Call them here, because this thread never becomes idle
    // again.
    wake_all();
}

type WakeFn = Arc<dyn Fn() + Send + Sync>;

thread_local! {
    /// Wake functions to call when the executor thread becomes idle; `None` on all other threads.
    static PENDING_WAKES: RefCell<Option<Vec<WakeFn>>> = const { RefCell::new(None) };
}

/// Calls `wake` when the executor thread becomes idle; on any other thread, calls it immediately.
pub(super) fn wake_when_idle(wake: &WakeFn) {
    let deferred =
        PENDING_WAKES.with_borrow_mut(|wakes| wakes.as_mut().map(|wakes| wakes.push(Arc::clone(wake))));
    if deferred.is_none() {
        wake();
    }
}

fn wake_all() {
    while let Some(wake) = PENDING_WAKES.with_borrow_mut(|wakes| wakes.as_mut()?.pop()) {
        wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Instant;

    const TEST_TIMEOUT: Duration = Duration::from_secs(20);

    #[test]
    fn tasks_run_concurrently_on_one_executor_thread() {
        let (sender, results) = channel();
        let (second_runs, both_run) = oneshot::channel();
        let first_sender = sender.clone();
        start(async move {
            both_run.await.unwrap(); // Completes only if the second task runs at the same time.
            first_sender.send(thread::current().id()).unwrap();
        })
        .unwrap();
        start(async move {
            second_runs.send(()).unwrap();
            sender.send(thread::current().id()).unwrap();
        })
        .unwrap();
        let threads = [(); 2].map(|()| results.recv_timeout(TEST_TIMEOUT).unwrap());
        assert_eq!(threads[0], threads[1]);
        assert_ne!(threads[0], thread::current().id());
    }

    #[test]
    fn abort_drops_the_task_and_dropping_the_handle_does_not() {
        let (held, dropped) = channel::<()>();
        let handle = start(async move {
            let _held = held;
            pending::<()>().await;
        });
        handle.unwrap().abort();
        assert_eq!(dropped.recv_timeout(TEST_TIMEOUT), Err(RecvTimeoutError::Disconnected));

        let (sender, finished) = channel();
        drop(start(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            sender.send(()).unwrap();
        }));
        finished.recv_timeout(TEST_TIMEOUT).unwrap();
    }

    #[test]
    fn dropped_executor_runs_its_tasks_to_their_end_and_then_ends_its_thread() {
        let executor = BackgroundExecutor::start().unwrap();
        let queue = Arc::downgrade(&executor.0);
        let (sender, finished) = channel();
        executor.0.push(Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            sender.send(()).unwrap();
        }));
        drop(executor);
        finished.recv_timeout(TEST_TIMEOUT).unwrap();
        let deadline = Instant::now() + TEST_TIMEOUT;
        while queue.upgrade().is_some() {
            assert!(Instant::now() < deadline, "the thread does not end");
            thread::sleep(TASK_POLL_INTERVAL);
        }
    }

    #[test]
    fn task_aborted_in_the_queue_is_never_polled() {
        let (release, blocked) = channel::<()>();
        let blocking = start(async move {
            let _released = blocked.recv_timeout(TEST_TIMEOUT);
        });
        let (sender, polled) = channel();
        let handle = start(async move {
            sender.send(()).unwrap();
        });
        handle.unwrap().abort();
        release.send(()).unwrap();
        assert_eq!(polled.recv_timeout(TEST_TIMEOUT), Err(RecvTimeoutError::Disconnected));
        drop(blocking);
    }
}
