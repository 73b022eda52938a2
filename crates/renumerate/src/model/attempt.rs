//! What one attempt of a call met.

use std::fmt;
use std::time::Duration;

use crate::error::{NetworkPhase, TimeoutScope};

/// One attempt of a call: what it met, and how long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    outcome: AttemptOutcome,
    waited: Duration,
    elapsed: Duration,
}

/// What an attempt met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// An answer with this HTTP status, whether it could be used or not.
    Status(u16),
    /// No answer: the network failed at this point.
    Network(NetworkPhase),
    /// No answer in time: this limit ended the attempt.
    Timeout(TimeoutScope),
}

impl Attempt {
    pub(crate) fn new(outcome: AttemptOutcome, waited: Duration, elapsed: Duration) -> Self {
        Self { outcome, waited, elapsed }
    }

    /// What the attempt met.
    pub fn outcome(&self) -> AttemptOutcome {
        self.outcome
    }

    /// The wait before the attempt: zero for the first one, and for the free retry on a stale connection.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// From the start of the attempt to its last byte, or to its failure.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl fmt::Display for AttemptOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status}"),
            Self::Network(phase) => write!(f, "network failure ({})", phase.as_str()),
            Self::Timeout(scope) => write!(f, "timeout ({})", scope.as_str()),
        }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after {} ms", self.outcome, self.elapsed.as_millis())
    }
}
