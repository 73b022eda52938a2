//! Counters, which stay exact when entries of the logs are evicted.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts since the sandbox was started or reset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Number of requests to the service, with any response. Requests to `/_sandbox/` are not counted.
    pub requests: u64,
    /// Number of created sessions, including those whose response was interrupted.
    pub sessions: u64,
    /// Number of responses with each random fault, by the name of the fault; empty without chaos.
    pub faults: BTreeMap<String, u64>,
    /// Connections, including those to `/_sandbox/` and to the widgets.
    pub connections: ConnectionCounts,
}

/// Connections to a sandbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConnectionCounts {
    /// Number of connections that were accepted since the sandbox was started or reset.
    pub accepted: u64,
    /// Number of connections that are open now.
    pub open: u64,
}
