//! How much came, and what was made of it: numbers that go on where the ledger forgets.

use std::collections::BTreeMap;

use serde::Serialize;

/// What has happened since the sandbox started, or was reset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// The requests to the service, whatever was answered; those to `/_sandbox/` are not among them.
    pub requests: u64,
    /// The sessions that were minted, those among them whose answer broke off on its way.
    pub sessions: u64,
    /// How often chaos played each of its faults, by their names; empty without chaos.
    pub faults: BTreeMap<String, u64>,
    /// The connections, those among them that came for `/_sandbox/` alone, and those to the widgets.
    pub connections: ConnectionCounts,
}

/// The connections to a sandbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConnectionCounts {
    /// How many were accepted since the sandbox started, or was reset.
    pub accepted: u64,
    /// How many are open now.
    pub open: u64,
}
