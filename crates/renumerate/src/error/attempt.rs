//! Records of a call's attempts: outcome, network phase, timeout and duration.

use std::fmt;
use std::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

/// The phase of an attempt in which the network failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NetworkPhase {
    /// DNS lookup of the host.
    Dns,
    /// TCP connection to the service or the proxy.
    Connect,
    /// TLS handshake.
    Tls,
    /// Transmission of the request.
    Send,
    /// Reception of the response.
    Read,
}

impl NetworkPhase {
    /// Returns the phase's stable name: `dns`, `connect`, `tls`, `send` or `read`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Send => "send",
            Self::Read => "read",
        }
    }
}

/// The timeout that ended a call or an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutScope {
    /// `connect_timeout`: DNS lookup, TCP connection and TLS handshake.
    Connect,
    /// `attempt_timeout`: one attempt, including the response body.
    Attempt,
    /// `timeout`: the whole call.
    Total,
}

impl TimeoutScope {
    /// Returns the timeout's stable name: `connect`, `attempt` or `total`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Attempt => "attempt",
            Self::Total => "total",
        }
    }

    /// Returns the name of the option that sets the timeout.
    pub(super) const fn option(self) -> &'static str {
        match self {
            Self::Connect => "connect_timeout",
            Self::Attempt => "attempt_timeout",
            Self::Total => "timeout",
        }
    }
}

/// The record of one attempt of a call: its outcome, the delay before the attempt, and its duration.
///
/// Serialized form, for example: `{"outcome": "status", "status": 503, "waited_ms": 0, "elapsed_ms": 12}`. If the
/// outcome is `network`, the field `phase` replaces `status`. If the outcome is `timeout`, the field `limit` replaces
/// `status`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    outcome: AttemptOutcome,
    waited: Duration,
    elapsed: Duration,
}

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// A response with this HTTP status was received, even if its body could not be decoded.
    Status(u16),
    /// No complete response was received: the network failed in this phase.
    Network(NetworkPhase),
    /// No complete response was received in time: this timeout ended the attempt.
    Timeout(TimeoutScope),
}

impl Attempt {
    pub(crate) fn new(outcome: AttemptOutcome, waited: Duration, elapsed: Duration) -> Self {
        Self { outcome, waited, elapsed }
    }

    /// Returns the outcome of the attempt.
    pub fn outcome(&self) -> AttemptOutcome {
        self.outcome
    }

    /// Returns the delay before the attempt. The delay of the first attempt is zero. If an attempt fails because a
    /// reused connection was closed, the next attempt can follow immediately, and its delay is zero too.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// Returns the duration of the attempt: from its start to the last byte of the response, or to its failure.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl Serialize for Attempt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Attempt", 4)?;
        match self.outcome {
            AttemptOutcome::Status(status) => {
                fields.serialize_field("outcome", "status")?;
                fields.serialize_field("status", &status)?;
            }
            AttemptOutcome::Network(phase) => {
                fields.serialize_field("outcome", "network")?;
                fields.serialize_field("phase", phase.as_str())?;
            }
            AttemptOutcome::Timeout(scope) => {
                fields.serialize_field("outcome", "timeout")?;
                fields.serialize_field("limit", scope.as_str())?;
            }
        }
        fields.serialize_field("waited_ms", &millis(self.waited))?;
        fields.serialize_field("elapsed_ms", &millis(self.elapsed))?;
        fields.end()
    }
}

/// Converts a duration to whole milliseconds, for logs and JSON.
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
    fn attempt_serializes_as_structured_fields() {
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
