//! What the bindings for other languages share beyond the public API: calls on a background thread, their results in
//! batches, logs, and errors that only a language without our types can meet.
//!
//! It is hidden because it is no part of the public API: it may change in any release.

mod background;
mod completions;
mod logs;
mod misuse;
mod watch;

pub use background::{InFlight, start};
pub use completions::Completions;
pub use logs::{LogLevel, LogRecord, Logs};
pub use misuse::{closed, lost, means_call_option, wrong_option, wrong_parameter};
pub use watch::{Watch, race, watch};

pub use crate::model::SessionRequest;
