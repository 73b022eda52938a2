//! The file of faults: what goes wrong, and what the caller must see.

use std::collections::BTreeMap;
use std::path::Path;

use renumerate_sandbox::Exchange;
use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultFile {
    #[serde(rename = "about")]
    _about: String,
    /// The options of all clients.
    client: BTreeMap<String, Value>,
    pub(crate) faults: Vec<Fault>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) rules: Vec<String>,
    pub(crate) stage: StageKind,
    /// The options of this fault's client.
    #[serde(default)]
    pub(crate) client: BTreeMap<String, Value>,
    /// Calls at once before the one that counts, so that there are connections to reuse.
    #[serde(default)]
    pub(crate) warm_up: usize,
    /// Stops the process before the call, and lets it go on when what its connections were closed.
    #[serde(default)]
    pub(crate) freeze: bool,
    /// Sets the clock of the process by so many seconds while the call waits for its answer.
    #[serde(default)]
    pub(crate) clock_jump: Option<i64>,
    pub(crate) expect: Expect,
}

/// Who is on the other side.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum StageKind {
    /// A port on which nobody listens.
    Nobody,
    /// A name that does not resolve, wherever this runs: a part of it is too long for any name server.
    UnknownHost,
    /// A listener that accepts nobody, and whose queue is full.
    FullBacklog,
    /// The sandbox, with a script.
    Script { exchanges: Vec<Exchange> },
    /// Whatever is written to a socket: the beginning, and then the rest over and over, or silence.
    Raw {
        begins: String,
        forever: Option<String>,
        #[serde(default)]
        pause_ms: u64,
    },
    /// A session in a body that unpacks to so much.
    GzipBomb { megabytes: usize },
    /// A server with this certificate.
    Tls { certificate: Certificate },
    /// A proxy that answers so to everything.
    Proxy { answers: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Certificate {
    Good,
    Expired,
    OtherName,
    UnknownIssuer,
    /// No certificate, and no TLS.
    None,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    #[serde(default)]
    pub(crate) session: Option<ExpectSession>,
    #[serde(default)]
    pub(crate) error: Option<ExpectError>,
    /// How many requests the server has seen.
    #[serde(default)]
    pub(crate) requests: Option<usize>,
    /// How long the call lasts at most, in seconds, where that is less than its total timeout.
    #[serde(default)]
    pub(crate) within: Option<f64>,
    /// How far the process's memory grows at most.
    #[serde(default)]
    pub(crate) grows_at_most_mb: Option<u64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectSession {
    pub(crate) attempts: usize,
    /// One attempt more is as good: a race decides.
    #[serde(default)]
    pub(crate) or_one_more: bool,
}

/// What is missing here must be absent on the error, but for what it says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectError {
    pub(crate) code: String,
    pub(crate) retryable: bool,
    pub(crate) attempts: usize,
    #[serde(default)]
    pub(crate) phase: Option<String>,
    #[serde(default)]
    pub(crate) timeout: Option<String>,
    #[serde(default)]
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) retry_after: Option<f64>,
    /// Pieces of its text.
    #[serde(default)]
    pub(crate) says: Vec<String>,
    /// An option that its text names, as each language writes it.
    #[serde(default)]
    pub(crate) says_option: Option<String>,
}

impl FaultFile {
    /// Reads the file, with the common options in each fault.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| told(&error))?;
        let mut faults: Self = serde_json::from_str(&text).map_err(|error| told(&error))?;
        for fault in &mut faults.faults {
            let own = std::mem::replace(&mut fault.client, faults.client.clone());
            fault.client.extend(own);
            if fault.expect.session.is_some() == fault.expect.error.is_some() {
                return Err(told(&format!("{} expects either a session or an error", fault.name)));
            }
        }
        Ok(faults)
    }
}

impl Fault {
    /// An option that is a number.
    pub(crate) fn seconds(&self, option: &str) -> f64 {
        self.client.get(option).and_then(Value::as_f64).unwrap_or_default()
    }
}
