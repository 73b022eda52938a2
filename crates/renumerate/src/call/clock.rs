//! Clock of a call. The trait exists so that tests, and targets without a system clock, can supply their own clock.

use std::time::{Duration, SystemTime};

/// Source of time for a call.
pub(crate) trait Clock {
    /// Returns the time since the start of the call. The returned time never decreases.
    fn now(&self) -> Duration;

    /// Completes after the duration.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;

    /// Returns the wall-clock time, for comparison with HTTP dates in response headers.
    fn system_time(&self) -> SystemTime;
}
