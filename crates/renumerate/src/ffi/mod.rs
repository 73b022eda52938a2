//! Support for the bindings: calls on an executor thread, batched results, logs, and errors as plain fields. Error
//! texts spell option and parameter names as each language does.
//!
//! The module is hidden because it is not part of the public API. It may change in any release.

mod argument_errors;
mod background;
mod call;
mod closable;
mod completions;
mod error_fields;
mod interrupt;
mod logs;
mod name_style;
mod settings;

pub use argument_errors::{
    internal_error, is_call_option, option_type, option_type_error, out_of_resources, parameter_type_error,
    session_id_prefix, unknown_call_option, unknown_option, unknown_parameter, unknown_token_parameter,
};
pub use background::{AbortHandle, start, stop};
pub use call::{
    BackgroundCalls, CheckedRequest, create_handshake_token, create_unless, log_rejected_call,
    log_rejected_token, start_call,
};
pub use closable::Closable;
pub use completions::{Completions, WakePolicy};
pub use error_fields::{AttemptFields, ErrorFields, cause};
pub use interrupt::{InterruptPoll, poll_interrupts};
pub use logs::{LogField, LogLevel, LogRecord, LogValue, Logs};
pub use name_style::NameStyle;
pub use settings::{SharedLimits, environment_variables};

pub use crate::config::OptionType;
pub use crate::model::endpoint::EndpointKind;
pub use crate::model::request::{AnyRequest, TokenRequest};
pub use crate::model::session::AnySession;
pub use crate::runtime::race;
