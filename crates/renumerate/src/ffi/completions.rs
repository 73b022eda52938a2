//! Results on their way to an event loop: one wake-up brings as many as have gathered.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::background::wake_when_idle;

/// So many are not kept waiting for the background thread to come to rest: the loop can work on them meanwhile.
const WAKE_BATCH: usize = 8;

/// Results that wait for an event loop to take them, gathered in a `B`.
pub struct Completions<B> {
    waiting: Mutex<Batch<B>>,
    wake: Arc<dyn Fn() + Send + Sync>,
    when: WakePolicy,
}

/// When an event loop is woken for the first result of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WakePolicy {
    /// At once: the loop works while the background thread does.
    Immediate,
    /// When the background thread has nothing else to do, or many wait: where waking the loop costs more than that.
    WhenIdle,
}

#[derive(Default)]
struct Batch<B> {
    batch: B,
    count: usize,
}

impl<B> fmt::Debug for Completions<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completions").finish_non_exhaustive()
    }
}

impl<B: Default> Completions<B> {
    /// An empty queue; `wake` is called when a result finds it empty, and must lead to a [`take`](Self::take).
    pub fn new(when: WakePolicy, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { waiting: Mutex::default(), wake: Arc::new(wake), when }
    }

    /// Adds a result by putting it into the batch.
    pub fn add(&self, put: impl FnOnce(&mut B)) {
        let count = {
            let mut waiting = self.lock();
            put(&mut waiting.batch);
            waiting.count += 1;
            waiting.count
        };
        match self.when {
            WakePolicy::Immediate if count == 1 => (self.wake)(),
            WakePolicy::WhenIdle if count == 1 => wake_when_idle(&self.wake),
            WakePolicy::WhenIdle if count == WAKE_BATCH => (self.wake)(),
            _ => {}
        }
    }

    /// Takes all that have gathered; none where another wake-up brought them.
    pub fn take(&self) -> B {
        let mut batch = B::default();
        self.swap(&mut batch);
        batch
    }

    /// The same, with an empty batch that is left there: one whose memory is used again.
    pub fn swap(&self, empty: &mut B) {
        let mut waiting = self.lock();
        std::mem::swap(&mut waiting.batch, empty);
        waiting.count = 0;
    }

    fn lock(&self) -> MutexGuard<'_, Batch<B>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::start;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    fn counted(when: WakePolicy) -> (Arc<AtomicUsize>, Completions<Vec<usize>>) {
        let woken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&woken);
        let completions = Completions::new(when, move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        (woken, completions)
    }

    #[test]
    fn one_wake_up_brings_all_that_have_gathered() {
        for when in [WakePolicy::Immediate, WakePolicy::WhenIdle] {
            let (woken, completions) = counted(when);
            for round in 1..=2 {
                for result in 0..3 {
                    completions.add(|batch| batch.push(result));
                }
                assert_eq!(woken.load(Ordering::Relaxed), round);
                assert_eq!(completions.take(), [0, 1, 2]);
            }
            assert!(completions.take().is_empty());
        }
    }

    #[test]
    fn on_the_background_thread_a_wake_up_waits_for_its_rest_but_not_for_ever() {
        let (tell, told) = channel();
        let (woken, completions) = counted(WakePolicy::WhenIdle);
        let completions = Arc::new(completions);
        let adding = Arc::clone(&completions);
        let started = start(async move {
            let mut seen = Vec::new();
            for result in 0..WAKE_BATCH {
                adding.add(|batch| batch.push(result));
                seen.push(woken.load(Ordering::Relaxed));
            }
            tokio::time::sleep(Duration::from_millis(1)).await; // it comes to rest
            seen.push(woken.load(Ordering::Relaxed));
            tell.send(seen).unwrap();
        });
        let seen = told.recv_timeout(Duration::from_secs(20)).unwrap();
        let (early, late) = seen.split_at(WAKE_BATCH - 1);
        assert!(early.iter().all(|woken| *woken == 0), "{seen:?}");
        assert_eq!(late, [1, 2]);
        assert_eq!(completions.take().len(), WAKE_BATCH);
        drop(started);
    }
}
