//! Times, and what to make of them.

use std::time::Duration;

use rustix::thread::{CpuSet, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};

/// What one round of one contender took.
pub(crate) struct Round {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// What the server saw.
    pub(crate) requests: usize,
    /// Answers that were not a 200, or no answers.
    pub(crate) bad: usize,
}

#[derive(Default)]
pub(crate) struct Rounds(Vec<Round>);

impl Rounds {
    pub(crate) fn push(&mut self, round: Round) {
        self.0.push(round);
    }

    pub(crate) fn wall(&self) -> Duration {
        median(self.0.iter().map(|round| round.wall).collect())
    }

    pub(crate) fn cpu(&self) -> Duration {
        median(self.0.iter().map(|round| round.cpu).collect())
    }

    pub(crate) fn requests(&self) -> usize {
        self.0.iter().map(|round| round.requests).sum()
    }

    pub(crate) fn bad(&self) -> usize {
        self.0.iter().map(|round| round.bad).sum()
    }
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    *times.get(times.len() / 2).unwrap()
}

/// The CPU time that this thread has used.
pub(crate) fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// Keeps this thread, and those that it will start, on one processor: where two threads meet decides more than what
/// they do. Where that cannot be had the figures are those of the scheduler's choice.
pub(crate) fn pin(processor: usize) {
    let mut set = CpuSet::new();
    set.set(processor);
    let _best_effort = sched_setaffinity(None, &set);
}
