//! Diagnostics for `renumerate doctor`: the resolved settings, and the steps of a call one at a time. The steps run the
//! same code as the client, but also report details that a call does not report, such as the server's certificate.
//!
//! The module is hidden because it is not part of the public API. It may change in any release.

mod call;
mod clock;
mod connect;
mod context;
mod handshake;
mod key;
mod route;
mod tunnel;

use std::fmt;

pub use call::{CallOutcome, CallReport};
pub use clock::ClockComparison;
pub use connect::{ConnectAttempt, ConnectReport, DnsReport};
pub use context::{DiagnosticContext, ResolvedSetting, SettingValue};
pub use handshake::HandshakeReport;
pub use key::{KeyReport, KeyShape, inspect_key};
pub use route::{Proxy, ServiceRoute, Via};
pub use tunnel::TunnelReport;

pub use crate::config::SettingSource;
pub use crate::tls::RootCounts;
pub use crate::transport::Stream;

use crate::error::Error;

/// Texts of an error. Options and parameters have the names of the command's options, such as `--base-url`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitError {
    /// The message without hints.
    pub message: String,
    /// The hints, joined by semicolons.
    pub remedy: Option<String>,
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.remedy.iter().try_for_each(|remedy| write!(f, "; {remedy}"))
    }
}

/// Splits an error into its message and its remedy.
pub fn split_error(error: &Error) -> SplitError {
    let text = error.text().spelled(flag);
    let hints: Vec<_> = error.messages().hints.iter().map(|hint| hint.spelled(flag)).collect();
    let remedy = hints.join("; ");
    let message =
        text.strip_suffix(&remedy).and_then(|text| text.strip_suffix("; ")).unwrap_or(&text).to_owned();
    SplitError { message, remedy: (!remedy.is_empty()).then_some(remedy) }
}

/// Returns the command's option for an option or a parameter of this crate.
pub fn flag(name: &str) -> String {
    // The command reads the key from a file, because other users can see the arguments of a process.
    let suffix = if name == "private_key" { "-file" } else { "" };
    format!("--{}{suffix}", name.replace('_', "-"))
}
