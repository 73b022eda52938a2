//! Results on their way to an event loop: one wake-up brings as many as have gathered.

use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Results that wait for an event loop to take them.
pub struct Completions<T> {
    waiting: Mutex<Vec<T>>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl<T> fmt::Debug for Completions<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completions").finish_non_exhaustive()
    }
}

impl<T> Completions<T> {
    /// An empty queue; `wake` is called when a result finds it empty, and must lead to a [`take`](Self::take).
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { waiting: Mutex::default(), wake: Box::new(wake) }
    }

    /// Adds a result.
    pub fn push(&self, result: T) {
        let first = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.push(result);
            waiting.len() == 1
        };
        if first {
            (self.wake)();
        }
    }

    /// Takes all that have gathered, in the order in which they came; none where another wake-up brought them.
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn one_wake_up_brings_all_that_have_gathered() {
        let woken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&woken);
        let completions = Completions::new(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        for round in 1..=2 {
            for result in 0..3 {
                completions.push(result);
            }
            assert_eq!(woken.load(Ordering::Relaxed), round);
            assert_eq!(completions.take(), [0, 1, 2]);
        }
        assert!(completions.take().is_empty());
    }
}
