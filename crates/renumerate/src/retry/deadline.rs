//! Limits of a call and the deadlines of its attempts.

use std::time::Duration;

use crate::error::TimeoutScope;

/// The timeouts and the maximum number of retries of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) total: Duration,
    pub(crate) attempt: Duration,
    pub(crate) max_retries: u32,
}

/// The deadline of an attempt, as a time after the start of the attempt, and the timeout that determines the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deadline {
    pub(crate) after: Duration,
    pub(crate) scope: TimeoutScope,
    pub(crate) limit: Duration,
}

impl Limits {
    /// Returns the deadline of an attempt: the attempt timeout or the rest of the total timeout, whichever is shorter.
    /// `elapsed` is the time from the start of the call to the start of the attempt.
    pub(crate) fn deadline(self, elapsed: Duration) -> Deadline {
        let left = self.total.saturating_sub(elapsed);
        if self.attempt < left {
            Deadline { after: self.attempt, scope: TimeoutScope::Attempt, limit: self.attempt }
        } else {
            Deadline { after: left, scope: TimeoutScope::Total, limit: self.total }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: S3, S4
    #[test]
    fn total_timeout_ends_an_attempt_that_could_last_as_long() {
        let limits =
            Limits { total: Duration::from_secs(25), attempt: Duration::from_secs(10), max_retries: 2 };
        let scope = |elapsed: u64| limits.deadline(Duration::from_secs(elapsed)).scope;
        assert_eq!([0, 14, 15, 16, 30].map(scope), {
            use TimeoutScope::{Attempt, Total};
            [Attempt, Attempt, Total, Total, Total]
        });
    }
}
