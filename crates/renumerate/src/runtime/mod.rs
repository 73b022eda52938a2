//! Runtime support on top of tokio: values that are rebuilt in a child process after a fork, a clock, a way to poll the
//! I/O driver of a runtime that runs no task, blocking jobs on threads of their own, and a race between two futures.

mod clock;
mod fork;
mod io_driver;
mod job;
mod race;

pub(crate) use clock::TokioClock;
pub(crate) use fork::PerProcess;
pub(crate) use io_driver::{LastPolled, POLL_FRESH_FOR, poll_io_driver};
pub(crate) use job::Job;
pub use race::race;
