//! The one native surface of Kotlin, Java and Swift. It takes plain values to the core and brings plain values back; what is
//! decided is decided in the core, and what is nice to use is made in the languages' own faces.

#![expect(
    clippy::result_large_err,
    reason = "a failure crosses as it is, and a box would have to be opened for it"
)]

mod background;
mod batch;
mod blocking;
mod call;
mod fields;
mod lines;
mod memory;
mod requests;
mod settings;

pub use background::{BackgroundClient, Results};
pub use blocking::CallingThreadClient;
pub use call::{Call, CallClient};
pub use fields::{
    AttemptFields, Failure, LogLine, Outcome, Request, SessionFields, Setting, SettingValue, Settings,
};
pub use settings::RetryBudget;

use renumerate::ffi::NameStyle;

uniffi::setup_scaffolding!("renumerate");

/// How these languages write names.
const NAMING: NameStyle = NameStyle::CamelCase;
