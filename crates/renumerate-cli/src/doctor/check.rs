//! One line of the report.

use std::time::Duration;

use renumerate::Error;
use renumerate::diagnostics::split_error;
use serde_json::{Map, Value, json};

use crate::error::exit_code;

/// The checks, in the order of the report.
pub(crate) const NAMES: [&str; 9] =
    ["settings", "key", "proxy", "dns", "tcp", "tunnel", "tls", "clock", "call"];

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

/// What was looked at, what was seen, and what would help.
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

    pub(crate) fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self::new(name, Status::Skipped, why.into())
    }

    /// A check that failed as a call would: with the client's words, remedy and exit code.
    pub(crate) fn failed(name: &'static str, error: &Error) -> Self {
        let split = split_error(error);
        let exit_code = exit_code(error);
        Self { remedy: split.remedy, exit_code, ..Self::new(name, Status::Failed, split.message) }
    }

    /// The same for what no client would meet.
    pub(crate) fn failed_otherwise(name: &'static str, seen: String, exit_code: u8) -> Self {
        Self { exit_code, ..Self::new(name, Status::Failed, seen) }
    }

    /// Not as it should be, though calls may go on.
    pub(crate) fn warn(mut self, remedy: impl Into<String>) -> Self {
        self.status = Status::Warning;
        self.remedy = Some(remedy.into());
        self
    }

    /// What helps where the client has no word on it.
    pub(crate) fn or_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy.get_or_insert(remedy.into());
        self
    }

    /// More that was seen.
    pub(crate) fn and_seen(mut self, more: &str) -> Self {
        self.seen = format!("{}; {more}", self.seen);
        self
    }

    pub(crate) fn took(mut self, elapsed: Duration) -> Self {
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

    /// The line for a program.
    pub(crate) fn to_json(&self) -> Value {
        let mut line = json!({"check": self.name, "status": self.status.as_str(), "seen": self.seen});
        let mut add = |name: &str, value: Option<Value>| {
            if let (Some(line), Some(value)) = (line.as_object_mut(), value) {
                line.insert(name.to_owned(), value);
            }
        };
        add("remedy", self.remedy.as_deref().map(Value::from));
        add("elapsed_ms", self.elapsed.map(|elapsed| millis(elapsed).into()));
        add("facts", (!self.facts.is_empty()).then(|| self.facts.clone().into()));
        line
    }
}

/// Whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
