//! Token bucket that limits the retries of a client, so that they do not overload a failing service.

use std::sync::atomic::{AtomicU32, Ordering};

/// Maximum number of tokens in the bucket. This number and the costs of retries are the same as in the standard retry
/// mode of the AWS SDKs.
const CAPACITY: u32 = 500;

/// A bucket of retry tokens, shared by all threads of a client. A retry withdraws tokens, and a successful call
/// deposits tokens.
#[derive(Debug)]
pub(crate) struct TokenBucket(AtomicU32);

impl Default for TokenBucket {
    fn default() -> Self {
        Self(AtomicU32::new(CAPACITY))
    }
}

impl TokenBucket {
    /// Withdraws the cost of a retry. Returns `false` and withdraws nothing if too few tokens are left.
    pub(crate) fn withdraw(&self, cost: u32) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(cost)).is_ok()
    }

    /// Deposits tokens after a successful call: as many as its last retry cost, or one token if the call had no retry.
    pub(crate) fn deposit(&self, cost: Option<u32>) {
        let add = |tokens: u32| Some(tokens.saturating_add(cost.unwrap_or(1)).min(CAPACITY));
        // The bucket is usually full. Checking this first avoids an atomic write after most successful calls.
        if self.0.load(Ordering::Relaxed) < CAPACITY {
            let _always_ok = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: S10
    #[test]
    fn deposits_refill_the_bucket_up_to_its_capacity() {
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
    #[cfg(not(target_family = "wasm"))] // starts threads
    fn threads_share_the_bucket() {
        let bucket = TokenBucket::default();
        let withdrawals = || (0..100).filter(|_| bucket.withdraw(5)).count();
        let total: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(withdrawals)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(total, 100);
    }
}
