//! Runtime support on top of tokio: values that are rebuilt in a child process after a fork, a clock, a way to poll the
//! I/O driver of a runtime that runs no task, and a race between two futures.

mod clock;
mod fork;
mod io_driver;
mod race;

pub(crate) use clock::TokioClock;
pub(crate) use fork::PerProcess;
pub(crate) use io_driver::{LastPolled, POLL_FRESH_FOR, poll_io_driver};
pub use race::race;
