//! Records that Rust and the host languages exchange. Rust receives requests and settings, and returns outcomes.

use std::fmt;
use std::time::UNIX_EPOCH;

use renumerate::ffi::{self, AnySession, ErrorFields, LogRecord};
use renumerate::{Error, HandshakeToken, Result};

use crate::NAME_STYLE;

renumerate::mirror_endpoint_kind! {
    /// Kind of session.
    #[derive(Clone, Copy, Debug, uniffi::Enum)]
    pub enum EndpointKind;
}

renumerate::mirror_error_kind! {
    /// Kind of an error.
    #[derive(Clone, Copy, Debug, uniffi::Enum)]
    pub enum ErrorKind;
}

/// Option or parameter that the caller set by name.
#[derive(Debug, uniffi::Record)]
pub struct Setting {
    /// Name, exactly as the caller wrote it. The names that the core knows are in camel case.
    pub name: String,
    /// Value.
    pub value: SettingValue,
}

/// Value of an option or parameter.
#[derive(Debug, uniffi::Enum)]
pub enum SettingValue {
    /// Text, such as a URL, a path or an id.
    Text {
        /// Text.
        text: String,
    },
    /// Number: a time in milliseconds, or a count.
    Number {
        /// Number.
        number: f64,
    },
    /// No value. The option or parameter counts as omitted, but its name is checked: an unknown name is an error.
    Absent,
    /// Value that is neither text nor a number. It is rejected with an error.
    Unsupported {
        /// Description of the value for the error message, such as its type. It does not contain the value.
        description: String,
    },
}

/// Settings of a client. They do not include the private key, so that printing them cannot reveal it.
#[derive(Debug, uniffi::Record)]
pub struct Settings {
    /// Language for the user agent: `kotlin` or `swift`.
    pub language: String,
    /// Runtime and version for the user agent, such as `Java 17.0.15`.
    pub runtime: String,
    /// Options that the caller set.
    pub options: Vec<Setting>,
}

/// Request for a session, with the options of the call.
#[derive(Debug, uniffi::Record)]
pub struct Request {
    /// Kind of session to create.
    pub kind: EndpointKind,
    /// Parameters that the caller set.
    pub parameters: Vec<Setting>,
    /// Call options that the caller set. Times are in milliseconds.
    pub options: Vec<Setting>,
    /// Whether to collect the log lines of the call.
    pub collect_logs: bool,
}

/// Outcome of a call: a session or a failure. The outcome of an aborted call has neither.
#[derive(Debug, uniffi::Record)]
pub struct Outcome {
    /// Id that the caller gave the call. 0 if the client does not need ids.
    pub call_id: i64,
    /// Session, if the call succeeded.
    pub session: Option<SessionFields>,
    /// Failure, if the call failed.
    pub failure: Option<Failure>,
    /// Log lines of the call, if the request asked for them.
    pub logs: Vec<LogLine>,
}

/// Log line of a call.
#[derive(Debug, uniffi::Record)]
pub struct LogLine {
    /// Level: `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// Time of the event, in microseconds since the Unix epoch.
    pub at: i64,
    /// Constant text that names the event, such as `attempt ended`.
    pub event: String,
    /// Fields of the event. No name occurs twice.
    pub fields: Vec<LogField>,
    /// Event and fields in one line.
    pub text: String,
}

/// Field of a log line.
#[derive(Debug, uniffi::Record)]
pub struct LogField {
    /// Name, such as `call_id`.
    pub name: String,
    /// Value.
    pub value: LogValue,
}

/// Value of a field of a log line.
#[derive(Debug, uniffi::Enum)]
pub enum LogValue {
    /// Text.
    Text {
        /// Text.
        text: String,
    },
    /// Number.
    Number {
        /// Number.
        number: i64,
    },
}

/// Fields of a session.
#[derive(Debug, uniffi::Record)]
pub struct SessionFields {
    /// Session id in plain text.
    pub id: String,
    /// URL of the widget for this session.
    pub url: String,
    /// Request id that the service assigned.
    pub request_id: Option<String>,
    /// Attempts of the call, oldest first.
    pub attempts: Vec<AttemptFields>,
}

/// Outcome of the creation of a handshake token.
#[derive(Debug, uniffi::Enum)]
#[expect(clippy::large_enum_variant, reason = "the value is encoded for the host language at once")]
pub enum TokenOutcome {
    /// The token was created.
    Created {
        /// Token in plain text.
        token: String,
        /// Time after which the service rejects the token, in microseconds since the Unix epoch.
        expires_at: i64,
    },
    /// The token could not be created.
    Rejected {
        /// Reason.
        failure: Failure,
        /// Log lines, if the caller asked for them.
        logs: Vec<LogLine>,
    },
}

/// Fields of one attempt of a call.
#[derive(Debug, uniffi::Record)]
pub struct AttemptFields {
    /// Outcome: `status`, `network` or `timeout`.
    pub outcome: String,
    /// HTTP status of the response.
    pub status: Option<i32>,
    /// Phase in which the network failed: `dns`, `connect`, `tls`, `send` or `read`.
    pub phase: Option<String>,
    /// Timeout that ended the attempt: `connect`, `attempt` or `total`.
    pub limit: Option<String>,
    /// Delay before the attempt, in milliseconds.
    pub waited: f64,
    /// Time from the start of the attempt to the last byte of the response or to the failure, in milliseconds.
    pub elapsed: f64,
}

/// Error of a call, or of the creation of a client. No field is named `message`, because exceptions in Kotlin and Java
/// already have a property of that name.
#[derive(Debug, uniffi::Error)]
pub enum Failure {
    /// Fields of the error.
    Failed {
        /// Kind of the error, which determines the class of the exception.
        kind: ErrorKind,
        /// Stable error code, such as `not_found`.
        code: String,
        /// Complete message in one line.
        text: String,
        /// Reason, without the host, the attempts and the suggested remedies.
        reason: String,
        /// Suggested remedies.
        hints: Vec<String>,
        /// Host that failed: that of the service, or the proxy.
        host: Option<String>,
        /// Option or environment variable that names the host.
        host_setting: Option<String>,
        /// Causes in one line.
        cause_text: Option<String>,
        /// Whether a retry of the same request may succeed.
        retryable: bool,
        /// Attempts of the call, oldest first.
        attempts: Vec<AttemptFields>,
        /// Name of the option or parameter that caused the error.
        field: Option<String>,
        /// HTTP status of the response.
        status: Option<i32>,
        /// Request id that the service assigned.
        request_id: Option<String>,
        /// Content type of the response.
        content_type: Option<String>,
        /// Response body, truncated and with secrets redacted.
        body: Option<String>,
        /// Delay that the service requested, in milliseconds.
        retry_after: Option<f64>,
        /// Phase in which the network failed or the last attempt waited: `dns`, `connect`, `tls`, `send` or `read`.
        phase: Option<String>,
        /// Timeout that ended the call: `connect`, `attempt` or `total`.
        timeout_scope: Option<String>,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Failed { text, .. } = self;
        f.write_str(text)
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let fields = ErrorFields::from_error(&error, NAME_STYLE);
        Self::Failed {
            kind: fields.kind.into(),
            code: fields.code.to_owned(),
            text: fields.text,
            reason: fields.reason,
            hints: fields.hints,
            host: fields.host,
            host_setting: fields.host_setting,
            cause_text: fields.cause,
            retryable: fields.retryable,
            attempts: fields.attempts.into_iter().map(AttemptFields::from).collect(),
            field: fields.field,
            status: fields.status.map(i32::from),
            request_id: fields.request_id,
            content_type: fields.content_type,
            body: fields.body,
            retry_after: fields.retry_after,
            phase: fields.phase.map(str::to_owned),
            timeout_scope: fields.timeout_scope.map(str::to_owned),
        }
    }
}

impl Outcome {
    /// Returns the outcome of the call with this id.
    pub(crate) fn of(call_id: i64, result: Result<AnySession>, logs: Vec<LogLine>) -> Self {
        match result {
            Ok(session) => Self { call_id, session: Some(session.into()), failure: None, logs },
            Err(error) => Self { call_id, session: None, failure: Some(error.into()), logs },
        }
    }

    /// Returns the outcome of an aborted call.
    pub(crate) fn aborted(call_id: i64) -> Self {
        Self { call_id, session: None, failure: None, logs: Vec::new() }
    }
}

impl From<LogRecord> for LogLine {
    fn from(record: LogRecord) -> Self {
        let text = record.message();
        let LogRecord { level, time, event, fields } = record;
        let fields =
            fields.into_iter().map(|(name, value)| LogField { name: name.to_owned(), value: value.into() });
        Self {
            level: level.as_str().to_owned(),
            at: saturate(time.as_micros()),
            event,
            fields: fields.collect(),
            text,
        }
    }
}

impl From<ffi::LogValue> for LogValue {
    fn from(value: ffi::LogValue) -> Self {
        match value {
            ffi::LogValue::Text(text) => Self::Text { text },
            ffi::LogValue::Number(number) => Self::Number { number: saturate(number) },
        }
    }
}

/// Converts a number to the largest integer type that all host languages have.
fn saturate(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

impl From<ffi::AttemptFields> for AttemptFields {
    fn from(fields: ffi::AttemptFields) -> Self {
        Self {
            outcome: fields.outcome.to_owned(),
            status: fields.status.map(i32::from),
            phase: fields.phase.map(str::to_owned),
            limit: fields.limit.map(str::to_owned),
            waited: fields.waited,
            elapsed: fields.elapsed,
        }
    }
}

impl From<HandshakeToken> for TokenOutcome {
    fn from(token: HandshakeToken) -> Self {
        let expires_at = token.expires_at().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::Created { token: token.token().to_owned(), expires_at: saturate(expires_at.as_micros()) }
    }
}

impl From<AnySession> for SessionFields {
    fn from(AnySession { id, url, request_id, attempts }: AnySession) -> Self {
        let attempts = attempts.iter().map(|attempt| ffi::AttemptFields::from(attempt).into()).collect();
        Self { id, url, request_id, attempts }
    }
}
