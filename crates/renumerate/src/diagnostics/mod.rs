//! What `renumerate doctor` looks at: a client's own decisions about its settings, and each step of a call by itself.
//! It makes the client's choices with the client's code; what it adds is a look at what a call alone does not show.
//!
//! It is hidden because it is no part of the public API: it may change in any release.

mod call;
mod clock;
mod handshake;
mod key;
mod reach;
mod route;
mod setup;
mod stream;
mod tunnel;

pub use call::{CallReport, Verdict};
pub use clock::Clock;
pub use handshake::Handshake;
pub use key::{Key, KeyShape, key};
pub use reach::{ConnectAttempt, ConnectReport, DnsReport};
pub use route::{Proxy, Route, Via};
pub use setup::{DiagnosticContext, Setting, SettingValue};
pub use stream::Stream;
pub use tunnel::Tunnel;

pub use crate::config::SettingSource;
pub use crate::tls::RootCounts;

use crate::error::{Error, ErrorKind};

/// An error in two parts: what was seen, and what would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The line that the client prints, without its hints.
    pub seen: String,
    /// The hints.
    pub remedy: Option<String>,
}

/// Tells an error in two parts.
pub fn told(error: &Error) -> Told {
    let seen = error.line(error.message(), &[] as &[&str]);
    let hints: Vec<&str> = error.hints().collect();
    if error.kind() == ErrorKind::Configuration && hints.is_empty() {
        // "reason: remedy" is the form of these.
        if let Some((reason, remedy)) = seen.rsplit_once(": ") {
            return Told { seen: reason.to_owned(), remedy: Some(remedy.to_owned()) };
        }
    }
    Told { seen, remedy: (!hints.is_empty()).then(|| hints.join("; ")) }
}
