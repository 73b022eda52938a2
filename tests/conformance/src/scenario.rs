//! Scenarios: shared test cases, and faults that need more than the sandbox.

use std::collections::BTreeMap;
use std::path::Path;

use renumerate_sandbox::{Call, Case, CaseFile, CaseOption, ExpectedSession, Outcome};
use serde::Deserialize;

use crate::flavor::{Flavor, project};

/// Total timeout of a client, unless an option sets another one. See S3 in `RULES.md`.
const DEFAULT_TIMEOUT: f64 = 25.0;

/// A test case, and the conditions under which it is played.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) case: Case,
    /// Server that the client connects to. Default: the sandbox.
    #[serde(default)]
    pub(crate) server: ServerKind,
    /// Number of simultaneous calls before the call that is compared, so that the client has this many connections.
    #[serde(default)]
    pub(crate) connections: usize,
    /// Stops the process before the call, and continues it when the server has closed its connections.
    #[serde(default)]
    pub(crate) freeze: bool,
    /// Sets the clock of the process by this many seconds while the call waits for its response.
    #[serde(default)]
    pub(crate) clock_jump: Option<i64>,
    /// Fault of the process in which the client runs.
    #[serde(default)]
    pub(crate) process: Option<ProcessFault>,
    /// Whether environment variables set the key, the base URL and the proxy, instead of options.
    #[serde(default)]
    pub(crate) from_environment: bool,
    /// Whether one more attempt than expected is also correct, because a race decides.
    #[serde(default)]
    pub(crate) one_more_attempt: bool,
    /// Maximum growth of the process's memory.
    #[serde(default)]
    pub(crate) max_growth_mb: Option<u64>,
}

/// Server that a client connects to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ServerKind {
    #[default]
    Sandbox,
    /// A listener whose accept queue is full.
    FullBacklog,
    /// Writes bytes to the socket: first `begins`, then `forever` again and again, or nothing more.
    Raw {
        begins: String,
        forever: Option<String>,
        #[serde(default)]
        pause_ms: u64,
    },
    /// Responds with a session in a compressed body of this unpacked size.
    GzipBomb { megabytes: usize },
    /// A TLS server with this certificate.
    Tls { certificate: Certificate },
    /// A server that responds to the first bytes with this alert of TLS.
    TlsAlert { alert: u8 },
    /// A proxy that sends this response to every request.
    Proxy { response: String },
    /// A server that responds with sessions, over connections with faults.
    Sessions(SessionServer),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionServer {
    /// Fault of the second request of each connection. Default: none, the request gets a session.
    pub(crate) second_request: Option<DeadConnection>,
    /// Maximum number of connections. Further connections are closed at once.
    pub(crate) max_connections: Option<usize>,
    /// Additional lines of the response head.
    #[serde(default)]
    pub(crate) headers: String,
    /// Number of additional headers.
    #[serde(default)]
    pub(crate) header_count: usize,
    /// Host in the base URL. Default: 127.0.0.1.
    pub(crate) host: Option<String>,
    /// Number of addresses, from 127.0.0.2, that accept no connection.
    #[serde(default)]
    pub(crate) dead_addresses: u8,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeadConnection {
    /// The peer resets the connection.
    Reset,
    /// The peer does not respond.
    Silent,
}

/// Fault of the process in which a client runs. `preload/faults.c` makes the first three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProcessFault {
    /// The names of `preload/faults.c` have addresses.
    Lookup,
    /// No thread can be started.
    NoThreads,
    /// The SDK's native code panics.
    Panic,
    /// No file descriptor is left.
    NoDescriptors,
    /// The file of trusted certificates does not answer.
    HungCertificates,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Certificate {
    Valid,
    Expired,
    OtherName,
    /// Without a subjectAltName.
    NoName,
    UnknownIssuer,
    /// Its own issuer. The client trusts this certificate itself.
    SelfSigned,
    SelfSignedExpired,
    SelfSignedOtherName,
    /// No certificate, and no TLS.
    None,
}

/// Row of the fault matrix: a fault, or a test case whose results are shown there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatrixRow {
    pub(crate) title: String,
    /// Name of a test case in `tests/vectors`.
    case: Option<String>,
    /// Fault that no test case covers.
    fault: Option<Scenario>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultFile {
    #[serde(rename = "about")]
    _about: String,
    /// Options of the client, unless a fault sets others.
    client: BTreeMap<String, CaseOption>,
    rows: Vec<MatrixRow>,
}

/// All scenarios, and the rows of the fault matrix in their order.
#[derive(Debug)]
pub(crate) struct Scenarios {
    /// First the test cases, then the faults.
    pub(crate) all: Vec<Scenario>,
    /// Titles of the rows, each with its scenario's place in `all`.
    pub(crate) rows: Vec<(String, usize)>,
}

impl Scenarios {
    /// Reads `tests/vectors` and `tests/conformance/faults.json`.
    pub(crate) fn read() -> Result<Self, String> {
        let cases =
            CaseFile::read_dir(&project().join("tests/vectors")).map_err(|error| error.to_string())?;
        let file = FaultFile::read(&project().join("tests/conformance/faults.json"))?;
        let mut all: Vec<_> =
            cases.into_iter().map(|case| Scenario { case, ..Scenario::default() }).collect();
        let mut rows = Vec::new();
        for row in file.rows {
            let place = match (row.case, row.fault) {
                (Some(name), None) => all.iter().position(|scenario| scenario.case.name == name),
                (None, Some(fault)) => {
                    all.push(fault.with_defaults(&file.client));
                    Some(all.len() - 1)
                }
                _ => None,
            };
            rows.push((
                row.title.clone(),
                place.ok_or_else(|| format!("no test case or fault in row {}", row.title))?,
            ));
        }
        for (at, Scenario { case, .. }) in all.iter().enumerate() {
            if all.iter().skip(at + 1).any(|other| other.case.name == case.name) {
                return Err(format!("two scenarios have the name {}", case.name));
            }
            if case.call.is_none() || case.outcome.is_none() {
                return Err(format!("{} has no call or no outcome", case.name));
            }
        }
        Ok(Self { all, rows })
    }
}

impl FaultFile {
    fn read(file: &Path) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| failed(&error))?;
        serde_json::from_str(&text).map_err(|error| failed(&error))
    }
}

impl Scenario {
    /// Adds the common options, and a call with a canary as e-mail address.
    fn with_defaults(mut self, client: &BTreeMap<String, CaseOption>) -> Self {
        let own = std::mem::replace(&mut self.case.client, client.clone());
        self.case.client.extend(own);
        let parameters = [("customer_id", "cus_1"), ("customer_email", "${email}")]
            .map(|(name, value)| (name.to_owned(), Some(value.to_owned())));
        self.case.call.get_or_insert_with(|| Call {
            method: "create_retention_session".to_owned(),
            parameters: parameters.into(),
            options: BTreeMap::new(),
        });
        if let Some(Outcome::Session(ExpectedSession { id, .. })) = &mut self.case.outcome
            && id.is_empty()
        {
            "${session}".clone_into(id);
        }
        self
    }

    /// Response body with the expected session.
    pub(crate) fn session_body(&self) -> String {
        match &self.case.outcome {
            Some(Outcome::Session(session)) => format!("{{\"id\":\"{}\"}}", session.id),
            _ => String::new(),
        }
    }

    /// Returns whether the scenario makes sense for a flavor. A panic in Rust reaches the caller, as in every Rust library.
    pub(crate) fn applies_to(&self, flavor: &Flavor) -> bool {
        self.process != Some(ProcessFault::Panic) || flavor.folder != "rust"
    }

    /// Total timeout of the call in seconds.
    pub(crate) fn total_timeout(&self) -> f64 {
        let number = |options: &BTreeMap<String, CaseOption>| match options.get("timeout") {
            Some(CaseOption::Number(seconds)) => Some(*seconds),
            _ => None,
        };
        let call = self.case.call.as_ref().and_then(|call| number(&call.options));
        call.or_else(|| number(&self.case.client)).unwrap_or(DEFAULT_TIMEOUT)
    }
}
