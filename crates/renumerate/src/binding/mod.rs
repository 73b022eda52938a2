//! What the bindings for other languages share beyond the public API: calls on a background thread, their results in
//! batches, logs, errors as fields and in a language's own names, and errors that only a language without our types can meet.
//!
//! It is hidden because it is no part of the public API: it may change in any release.

mod background;
mod call;
mod completions;
mod error_fields;
mod logs;
mod misuse;
mod naming;
mod open;
mod settings;
mod watch;

pub use background::{InFlight, start};
pub use call::start_call;
pub use completions::{Completions, Wake};
pub use error_fields::{AttemptFields, ErrorFields};
pub use logs::{LogLevel, LogRecord, Logs};
pub use misuse::{
    closed, is_time, lost, means_call_option, unknown_call_option, unknown_option, unknown_parameter,
    wrong_option, wrong_parameter,
};
pub use naming::Naming;
pub use open::Open;
pub use settings::RetryBudget;
pub(crate) use settings::{Language, Variables};
pub use watch::{Watch, race, watch};

pub use crate::model::SessionRequest;
