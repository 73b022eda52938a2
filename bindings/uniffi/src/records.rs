//! Records that cross the language border: requests and settings in, outcomes out.

use std::fmt;
use std::time::SystemTime;

use renumerate::ffi::{self, ErrorFields, LogRecord};
use renumerate::{Error, Result, Session, SessionKind};

use crate::NAME_STYLE;

/// An option or a parameter by its name, as the caller wrote it.
#[derive(Debug, uniffi::Record)]
pub struct Setting {
    /// Its name in camel case.
    pub name: String,
    /// Its value.
    pub value: SettingValue,
}

/// The value of an option or a parameter.
#[derive(Debug, uniffi::Enum)]
pub enum SettingValue {
    /// A key, a URL, a path, a name, an id.
    Text {
        /// The text.
        text: String,
    },
    /// A time in milliseconds, or a count.
    Number {
        /// The number.
        number: f64,
    },
    /// None, which is as good as nothing where the name is known.
    Absent,
    /// A text that is no Unicode, as a language with UTF-16 can have it. It does not get across.
    Broken,
}

/// What a client is made of. The key stands by itself, where nothing prints it.
#[derive(Debug, uniffi::Record)]
pub struct Settings {
    /// The language, as the user agent names it: `kotlin`.
    pub language: String,
    /// What runs the language: `Java 17.0.15`.
    pub runtime: String,
    /// The options that were given.
    pub options: Vec<Setting>,
}

/// What a call asks for.
#[derive(Debug, uniffi::Record)]
pub struct Request {
    /// Whether a subscription session is asked for, and not a retention session.
    pub subscription: bool,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The customer's e-mail address.
    pub customer_email: Option<String>,
    /// The subscription, for a retention session.
    pub subscription_id: Option<String>,
    /// The limit of the call in milliseconds.
    pub timeout: Option<f64>,
    /// How often it is tried again.
    pub max_retries: Option<i32>,
    /// Parameters that are given by name.
    pub parameters: Vec<Setting>,
    /// Options that are given by name.
    pub options: Vec<Setting>,
    /// Whether somebody wants its logs.
    pub listens: bool,
}

/// How a call ended: with a session or with a failure, or with neither where it was aborted.
#[derive(Debug, uniffi::Record)]
pub struct Outcome {
    /// The number that its caller gave it.
    pub number: i64,
    /// Its session.
    pub session: Option<SessionFields>,
    /// Why there is none.
    pub failure: Option<Failure>,
    /// Its logs, where somebody wants them.
    pub logs: Vec<LogLine>,
}

/// A line of a call's log.
#[derive(Debug, uniffi::Record)]
pub struct LogLine {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// The event and its fields.
    pub text: String,
    /// When it happened, in milliseconds since 1970.
    pub at: i64,
}

/// A session.
#[derive(Debug, uniffi::Record)]
pub struct SessionFields {
    /// Its id, in plain text.
    pub id: String,
    /// Where its widget is.
    pub url: String,
    /// The service's own id of the request.
    pub request_id: Option<String>,
    /// What each attempt met.
    pub attempts: Vec<AttemptFields>,
}

/// What one attempt met.
#[derive(Debug, uniffi::Record)]
pub struct AttemptFields {
    /// `status`, `network` or `timeout`.
    pub outcome: String,
    /// The HTTP status of the answer.
    pub status: Option<i32>,
    /// How far the attempt came.
    pub phase: Option<String>,
    /// The limit that ended the attempt.
    pub limit: Option<String>,
    /// Milliseconds of waiting before the attempt.
    pub waited: f64,
    /// Milliseconds from its start to its last byte, or to its failure.
    pub elapsed: f64,
}

/// Why a call has no session, or a client was not made. No field is called `message`: the languages' exceptions have one.
#[derive(Debug, uniffi::Error)]
pub enum Failure {
    /// All that is known of it.
    Failed {
        /// The name of the class in the core: `NotFoundError`.
        kind: String,
        /// The stable code.
        code: String,
        /// One line: the reason, its cause and the remedy.
        text: String,
        /// The reason alone.
        reason: String,
        /// Whether the same request may succeed when it is sent again.
        retryable: bool,
        /// What each attempt met.
        attempts: Vec<AttemptFields>,
        /// The option or the parameter that is at fault.
        field: Option<String>,
        /// The HTTP status of the answer.
        status: Option<i32>,
        /// The service's own id of the request.
        request_id: Option<String>,
        /// The content type of the answer.
        content_type: Option<String>,
        /// The answer's body, bounded and scrubbed.
        body: Option<String>,
        /// How long the service asks to wait, in milliseconds.
        retry_after: Option<f64>,
        /// How far the call came before the network failed it.
        phase: Option<String>,
        /// Which limit ended the call.
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

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let fields = ErrorFields::from_error(error, NAME_STYLE);
        Self::Failed {
            kind: fields.class.to_owned(),
            code: fields.code.to_owned(),
            text: fields.text,
            reason: fields.reason,
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

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl Outcome {
    /// Returns the outcome of the call with this number.
    pub(crate) fn of<K: SessionKind>(number: i64, result: &Result<Session<K>>, logs: Vec<LogLine>) -> Self {
        match result {
            Ok(session) => Self { number, session: Some(session.into()), failure: None, logs },
            Err(error) => Self { number, session: None, failure: Some(error.into()), logs },
        }
    }

    /// Returns the outcome of an aborted call.
    pub(crate) fn aborted(number: i64) -> Self {
        Self { number, session: None, failure: None, logs: Vec::new() }
    }
}

impl From<LogRecord> for LogLine {
    fn from(LogRecord { level, message }: LogRecord) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self {
            level: level.as_str().to_owned(),
            text: message,
            at: i64::try_from(now.as_millis()).unwrap_or(i64::MAX),
        }
    }
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

impl<K: SessionKind> From<&Session<K>> for SessionFields {
    fn from(session: &Session<K>) -> Self {
        Self {
            id: session.id().as_str().to_owned(),
            url: session.url().to_owned(),
            request_id: session.request_id().map(str::to_owned),
            attempts: session
                .attempts()
                .iter()
                .map(|attempt| ffi::AttemptFields::from(attempt).into())
                .collect(),
        }
    }
}
