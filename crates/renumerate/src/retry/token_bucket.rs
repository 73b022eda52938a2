//! FailureClass much a client may retry when much fails: retries that pile up keep a service down.

use std::sync::atomic::{AtomicU32, Ordering};

/// The numbers are those of the AWS SDKs' standard mode.
const CAPACITY: u32 = 500;

/// Tokens that retries cost and successes give back, shared by all threads of a client.
#[derive(Debug)]
pub(crate) struct TokenBucket(AtomicU32);

impl Default for TokenBucket {
    fn default() -> Self {
        Self(AtomicU32::new(CAPACITY))
    }
}

impl TokenBucket {
    /// Pays for a retry, where there is enough to pay with.
    pub(crate) fn withdraw(&self, cost: u32) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(cost)).is_ok()
    }

    /// A success gives back what its last retry cost, or one where it took none.
    pub(crate) fn deposit(&self, cost: Option<u32>) {
        let more = |tokens: u32| Some(tokens.saturating_add(cost.unwrap_or(1)).min(CAPACITY));
        // A full bucket is the rule: reading it is all that most successes do.
        if self.0.load(Ordering::Relaxed) < CAPACITY {
            let _never_refused = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: S10
    #[test]
    fn successes_fill_it_again_but_never_beyond_full() {
        let bucket = TokenBucket::default();
        assert!(bucket.withdraw(CAPACITY) && !bucket.withdraw(1));
        bucket.deposit(None);
        assert!(bucket.withdraw(1) && !bucket.withdraw(1));
        bucket.deposit(Some(10));
        assert!(!bucket.withdraw(11) && bucket.withdraw(10));
        for _ in 0..CAPACITY + 7 {
            bucket.deposit(None);
        }
        bucket.deposit(Some(10));
        assert!(bucket.withdraw(CAPACITY) && !bucket.withdraw(1));
    }

    /// Rules: S10
    #[test]
    fn threads_share_it() {
        let bucket = TokenBucket::default();
        let taken = || (0..100).filter(|_| bucket.withdraw(5)).count();
        let all: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(taken)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(all, 100);
    }
}
