//! Limits of a call and the deadline of each attempt.

use std::time::Duration;

use crate::error::TimeoutScope;

/// The limits of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) total: Duration,
    pub(crate) attempt: Duration,
    pub(crate) max_retries: u32,
}

/// The time that an attempt has from its start, and the limit that sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deadline {
    pub(crate) after: Duration,
    pub(crate) scope: TimeoutScope,
    pub(crate) limit: Duration,
}

impl Limits {
    /// The deadline of an attempt that starts when the call has lasted for `elapsed`: the attempt's own limit, or the end of
    /// the call if that comes first.
    pub(crate) fn deadline(self, elapsed: Duration) -> Deadline {
        let left = self.total.saturating_sub(elapsed);
        if self.attempt < left {
            Deadline { after: self.attempt, scope: TimeoutScope::Attempt, limit: self.attempt }
        } else {
            Deadline { after: left, scope: TimeoutScope::Total, limit: self.total }
        }
    }
}
