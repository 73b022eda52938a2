//! Result of one check of the doctor.

use std::time::Duration;

use renumerate::Error;
use renumerate::diagnostics::split_error;
use serde_json::{Map, Value, json};

use crate::error::exit_code;

/// Names of the checks, in the order of the report.
pub(crate) const NAMES: [&str; 10] =
    ["settings", "key", "tokens", "proxy", "dns", "tcp", "tunnel", "tls", "clock", "call"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Ok,
    Warning,
    Failed,
    Skipped,
}

impl Status {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// Result of a check: name, status, observation and remedy.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) status: Status,
    pub(crate) seen: String,
    pub(crate) remedy: Option<String>,
    pub(crate) elapsed: Option<Duration>,
    pub(crate) exit_code: u8,
    facts: Map<String, Value>,
}

impl Check {
    fn new(name: &'static str, status: Status, seen: String) -> Self {
        Self { name, status, seen, remedy: None, elapsed: None, exit_code: 0, facts: Map::new() }
    }

    pub(crate) fn ok(name: &'static str, seen: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, seen.into())
    }

    pub(crate) fn skipped(name: &'static str, reason: impl Into<String>) -> Self {
        Self::new(name, Status::Skipped, reason.into())
    }

    /// Creates a failed check from an error of the client library, with the message, hints and exit code of the error.
    pub(crate) fn failed(name: &'static str, error: &Error) -> Self {
        let split = split_error(error);
        let exit_code = exit_code(error);
        // The message of an error about a value states the requirement.
        let remedy = split.remedy.or_else(|| Some("use a valid value".to_owned()));
        Self { remedy, exit_code, ..Self::new(name, Status::Failed, split.message) }
    }

    /// Creates a failed check for an error that did not come from the client library, with an explicit exit code.
    pub(crate) fn failed_with_exit_code(name: &'static str, seen: &str, remedy: &str, exit_code: u8) -> Self {
        let remedy = Some(remedy.to_owned());
        Self { remedy, exit_code, ..Self::new(name, Status::Failed, seen.to_owned()) }
    }

    /// Sets the status to warning, which means that calls may work in spite of the problem.
    pub(crate) fn warn(mut self, remedy: impl Into<String>) -> Self {
        self.status = Status::Warning;
        self.remedy = Some(remedy.into());
        self
    }

    /// Appends a text to the observation.
    pub(crate) fn append_seen(mut self, text: &str) -> Self {
        self.seen = format!("{}; {text}", self.seen);
        self
    }

    pub(crate) fn with_elapsed(mut self, elapsed: Duration) -> Self {
        self.elapsed = Some(elapsed);
        self
    }

    pub(crate) fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.status == Status::Failed
    }

    /// Returns the check as an object of the JSON report.
    pub(crate) fn to_json(&self) -> Value {
        let mut object = json!({"check": self.name, "status": self.status.as_str(), "seen": self.seen});
        let mut add = |name: &str, value: Option<Value>| {
            if let (Some(members), Some(value)) = (object.as_object_mut(), value) {
                members.insert(name.to_owned(), value);
            }
        };
        add("remedy", self.remedy.as_deref().map(Value::from));
        add("elapsed_ms", self.elapsed.map(|elapsed| millis(elapsed).into()));
        add("facts", (!self.facts.is_empty()).then(|| self.facts.clone().into()));
        object
    }
}

/// Returns the duration in whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
