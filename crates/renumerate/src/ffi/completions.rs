//! Queue of results for an event loop. When the loop is woken, it takes all queued results at once.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::background::wake_when_idle;

/// Number of queued results at which [`WakePolicy::WhenIdle`] wakes the event loop although the executor thread is
/// busy. The loop then handles these results while the thread works on other calls.
const WAKE_BATCH: usize = 8;

/// Queue of results that the event loop has not taken yet. `B` is the type of the collection that holds them.
pub struct Completions<B> {
    pending: Mutex<Batch<B>>,
    wake: Arc<dyn Fn() + Send + Sync>,
    policy: WakePolicy,
}

/// Time at which queued results wake the event loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WakePolicy {
    /// Wakes the loop as soon as one result is queued. The loop then handles results while the executor thread still
    /// works on other calls.
    Immediate,
    /// Wakes the loop when the executor thread becomes idle or many results are queued. This policy is better if a
    /// wake-up of the loop takes long, because it causes fewer wake-ups.
    WhenIdle,
}

#[derive(Default)]
struct Batch<B> {
    results: B,
    count: usize,
}

impl<B> fmt::Debug for Completions<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completions").finish_non_exhaustive()
    }
}

impl<B: Default> Completions<B> {
    /// Creates an empty queue. The queue calls `wake` to wake the event loop; `policy` decides when. After each wakeup,
    /// the event loop must call [`take`](Self::take) or [`swap`](Self::swap).
    pub fn new(policy: WakePolicy, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { pending: Mutex::default(), wake: Arc::new(wake), policy }
    }

    /// Adds one result: `put` must store the result in the collection. Wakes the event loop if the policy requires it.
    pub fn add(&self, put: impl FnOnce(&mut B)) {
        let count = {
            let mut pending = self.lock();
            put(&mut pending.results);
            pending.count += 1;
            pending.count
        };
        match self.policy {
            WakePolicy::Immediate if count == 1 => (self.wake)(),
            WakePolicy::WhenIdle if count == 1 => wake_when_idle(&self.wake),
            WakePolicy::WhenIdle if count == WAKE_BATCH => (self.wake)(),
            _ => {}
        }
    }

    /// Removes all queued results and returns them. The returned collection is empty if an earlier call has already
    /// taken the results.
    pub fn take(&self) -> B {
        let mut results = B::default();
        self.swap(&mut results);
        results
    }

    /// Removes all queued results and stores them in `empty`, which must be empty. The queue continues with the memory
    /// of `empty`, so a caller that passes the same collection again avoids allocations.
    pub fn swap(&self, empty: &mut B) {
        let mut pending = self.lock();
        std::mem::swap(&mut pending.results, empty);
        pending.count = 0;
    }

    fn lock(&self) -> MutexGuard<'_, Batch<B>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::start;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    fn counting_wakeups(policy: WakePolicy) -> (Arc<AtomicUsize>, Completions<Vec<usize>>) {
        let wakeups = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&wakeups);
        let completions = Completions::new(policy, move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        (wakeups, completions)
    }

    #[test]
    fn one_wakeup_delivers_all_queued_results() {
        for policy in [WakePolicy::Immediate, WakePolicy::WhenIdle] {
            let (wakeups, completions) = counting_wakeups(policy);
            for round in 1..=2 {
                for result in 0..3 {
                    completions.add(|batch| batch.push(result));
                }
                assert_eq!(wakeups.load(Ordering::Relaxed), round);
                assert_eq!(completions.take(), [0, 1, 2]);
            }
            assert!(completions.take().is_empty());
        }
    }

    #[test]
    fn executor_thread_defers_wakeup_until_idle_or_batch_is_full() {
        let (sender, counts) = channel();
        let (wakeups, completions) = counting_wakeups(WakePolicy::WhenIdle);
        let completions = Arc::new(completions);
        let producer = Arc::clone(&completions);
        let started = start(async move {
            let mut seen = Vec::new();
            for result in 0..WAKE_BATCH {
                producer.add(|batch| batch.push(result));
                seen.push(wakeups.load(Ordering::Relaxed));
            }
            tokio::time::sleep(Duration::from_millis(1)).await; // The thread becomes idle.
            seen.push(wakeups.load(Ordering::Relaxed));
            sender.send(seen).unwrap();
        });
        let seen = counts.recv_timeout(Duration::from_secs(20)).unwrap();
        let (early, late) = seen.split_at(WAKE_BATCH - 1);
        assert!(early.iter().all(|wakeups| *wakeups == 0), "{seen:?}");
        assert_eq!(late, [1, 2]);
        assert_eq!(completions.take().len(), WAKE_BATCH);
        drop(started);
    }
}
