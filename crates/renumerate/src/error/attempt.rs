//! What one attempt of a call met.

use std::fmt;
use std::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

/// How far a call came before the network failed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NetworkPhase {
    /// Looking up the host's name.
    Dns,
    /// Opening the connection, to the service or to the proxy.
    Connect,
    /// Agreeing on TLS.
    Tls,
    /// Sending the request.
    Send,
    /// Reading the answer.
    Read,
}

impl NetworkPhase {
    /// The phase's stable name: `dns`, `connect`, `tls`, `send` or `read`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Send => "send",
            Self::Read => "read",
        }
    }

    pub(super) const fn doing(self) -> &'static str {
        match self {
            Self::Dns => "looking up the host",
            Self::Connect => "connecting",
            Self::Tls => "agreeing on TLS",
            Self::Send => "sending the request",
            Self::Read => "reading the answer",
        }
    }
}

/// Which limit ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutScope {
    /// `connect_timeout`: name look-up, TCP and TLS.
    Connect,
    /// `attempt_timeout`: one attempt, its body included.
    Attempt,
    /// `timeout`: the whole call.
    Total,
}

impl TimeoutScope {
    /// The limit's stable name: `connect`, `attempt` or `total`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Attempt => "attempt",
            Self::Total => "total",
        }
    }

    pub(super) const fn option(self) -> &'static str {
        match self {
            Self::Connect => "connect_timeout",
            Self::Attempt => "attempt_timeout",
            Self::Total => "timeout",
        }
    }
}

/// One attempt of a call: what it met, and how long it took.
///
/// Serialized it is `{"outcome": "status", "status": 503, "waited_ms": 0, "elapsed_ms": 12}`; with the outcome `network`
/// there is a `phase` instead of the status, with `timeout` a `limit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    outcome: AttemptOutcome,
    waited: Duration,
    elapsed: Duration,
}

/// What an attempt met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// An answer with this HTTP status, whether it could be used or not.
    Status(u16),
    /// No answer: the network failed at this point.
    Network(NetworkPhase),
    /// No answer in time: this limit ended the attempt.
    Timeout(TimeoutScope),
}

impl Attempt {
    pub(crate) fn new(outcome: AttemptOutcome, waited: Duration, elapsed: Duration) -> Self {
        Self { outcome, waited, elapsed }
    }

    /// What the attempt met.
    pub fn outcome(&self) -> AttemptOutcome {
        self.outcome
    }

    /// The wait before the attempt: zero for the first one, and for the free retry on a stale connection.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// From the start of the attempt to its last byte, or to its failure.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl Serialize for Attempt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Attempt", 4)?;
        match self.outcome {
            AttemptOutcome::Status(status) => {
                members.serialize_field("outcome", "status")?;
                members.serialize_field("status", &status)?;
            }
            AttemptOutcome::Network(phase) => {
                members.serialize_field("outcome", "network")?;
                members.serialize_field("phase", phase.as_str())?;
            }
            AttemptOutcome::Timeout(scope) => {
                members.serialize_field("outcome", "timeout")?;
                members.serialize_field("limit", scope.as_str())?;
            }
        }
        members.serialize_field("waited_ms", &millis(self.waited))?;
        members.serialize_field("elapsed_ms", &millis(self.elapsed))?;
        members.end()
    }
}

/// Whole milliseconds, for logs and JSON.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Display for AttemptOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status}"),
            Self::Network(phase) => write!(f, "network failure ({})", phase.as_str()),
            Self::Timeout(scope) => write!(f, "timeout ({})", scope.as_str()),
        }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after {} ms", self.outcome, self.elapsed.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serialized_it_is_fields_and_not_prose() {
        let json = |outcome| {
            let attempt = Attempt::new(outcome, Duration::from_millis(1), Duration::from_millis(2));
            serde_json::to_string(&attempt).unwrap()
        };
        let times = r#""waited_ms":1,"elapsed_ms":2}"#;
        assert_eq!(
            json(AttemptOutcome::Status(503)),
            format!(r#"{{"outcome":"status","status":503,{times}"#)
        );
        let network = AttemptOutcome::Network(NetworkPhase::Dns);
        assert_eq!(json(network), format!(r#"{{"outcome":"network","phase":"dns",{times}"#));
        let timeout = AttemptOutcome::Timeout(TimeoutScope::Total);
        assert_eq!(json(timeout), format!(r#"{{"outcome":"timeout","limit":"total",{times}"#));
    }
}
