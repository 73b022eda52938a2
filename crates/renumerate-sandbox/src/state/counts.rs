//! Counters, which stay exact when the logs evict entries.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts since the sandbox was started or reset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Number of requests, whatever the response was. Requests to the sandbox's own paths, such as `/_sandbox/health`,
    /// are not counted.
    pub requests: u64,
    /// Number of created sessions, including those whose response was interrupted.
    pub sessions: u64,
    /// Number of times that each random fault occurred, by the name of the fault. Empty if random faults are off.
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
