//! Native API for Kotlin, Java and Swift. It passes plain values to the core and back. The core holds all logic. The
//! public APIs are written in Kotlin and Swift on top of this native API.

#![expect(
    clippy::result_large_err,
    reason = "uniffi passes errors by value, so a box would only be unwrapped again"
)]

mod background;
mod batch;
mod blocking;
mod call;
mod log_buffer;
mod memory;
mod records;
mod requests;
mod settings;

pub use background::{BackgroundClient, Results};
pub use blocking::CallingThreadClient;
pub use call::{Call, CallClient};
pub use records::{
    AttemptFields, EndpointKind, ErrorKind, Failure, LogField, LogLine, LogValue, Outcome, Request,
    SessionFields, Setting, SettingValue, Settings, TokenOutcome,
};
pub use settings::SharedLimits;

use renumerate::ffi::NameStyle;

uniffi::setup_scaffolding!("renumerate");

/// Spelling of option and parameter names in Kotlin, Java and Swift.
const NAME_STYLE: NameStyle = NameStyle::CamelCase;
