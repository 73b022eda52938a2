//! The clock of calls on a tokio runtime.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::call::Clock;

/// Time since the start of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokioClock(Instant);

impl TokioClock {
    /// A clock that starts now.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(time)
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }
}
