//! Runtime support on top of tokio: values that each process builds for itself, a clock, polling of an idle I/O driver,
//! and a race between two futures.

mod clock;
mod fork;
mod io_driver;
mod race;

pub(crate) use clock::TokioClock;
pub(crate) use fork::PerProcess;
pub(crate) use io_driver::{LastPolled, POLL_FRESH_FOR, poll_io_driver};
pub use race::race;
