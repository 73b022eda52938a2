//! Clock of calls that run on a tokio runtime.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::call::Clock;

/// [`Clock`] that measures the time since the start of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokioClock(Instant);

impl TokioClock {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }
}
