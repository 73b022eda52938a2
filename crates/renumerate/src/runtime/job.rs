//! Blocking functions that run on a thread of their own, such as a DNS lookup.
//!
//! A job does not end when the task that waits for it gives up, so a later task can use the result. tokio's own blocking
//! pool is not used, because it panics if the process cannot start a thread.

use std::io;
use std::thread;

use tokio::sync::watch;

/// A blocking function that runs on its own thread. Clones wait for the same function.
#[derive(Clone, Debug)]
pub(crate) struct Job<T>(watch::Receiver<Option<T>>);

impl<T: Clone + Send + Sync + 'static> Job<T> {
    /// Starts the function on a new thread with this name.
    ///
    /// # Errors
    ///
    /// The system's error if the thread cannot be started.
    pub(crate) fn start(name: &str, function: impl FnOnce() -> T + Send + 'static) -> io::Result<Self> {
        let (sender, receiver) = watch::channel(None);
        thread::Builder::new().name(name.to_owned()).spawn(move || sender.send_replace(Some(function())))?;
        Ok(Self(receiver))
    }

    /// Returns the result if the function has ended.
    pub(crate) fn peek(&self) -> Option<T> {
        self.0.borrow().clone()
    }

    /// Returns whether the function has panicked, so that there will be no result.
    pub(crate) fn is_lost(&self) -> bool {
        self.0.has_changed().is_err() && self.0.borrow().is_none()
    }

    /// Waits for the result. Returns `None` if the function has panicked.
    pub(crate) async fn result(mut self) -> Option<T> {
        self.0.wait_for(Option::is_some).await.ok()?.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn result_outlives_the_task_that_waited_first() {
        let (release, released) = channel();
        let job = Job::start("test", move || released.recv().unwrap()).unwrap();
        assert!(job.peek().is_none() && !job.is_lost());
        let waiting = tokio::spawn(job.clone().result());
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        release.send(7).unwrap();
        assert_eq!(job.clone().result().await, Some(7));
        assert_eq!(job.peek(), Some(7));
    }

    #[tokio::test]
    async fn panic_of_the_function_ends_the_wait() {
        let job = Job::<u8>::start("test", || panic!("expected by this test")).unwrap();
        assert_eq!(job.clone().result().await, None);
        assert!(job.is_lost());
    }
}
