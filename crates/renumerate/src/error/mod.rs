//! The vocabulary of failure: one error type, its stable codes, and a cause flattened to one line.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

mod attempt;
mod kind;

pub(crate) use attempt::millis;
pub use attempt::{Attempt, AttemptOutcome, NetworkPhase, TimeoutScope};
pub use kind::ErrorKind;

/// What a fallible function of this crate returns.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed, and what to do about it.
///
/// Match on [`kind`](Error::kind), or on the stable [`code`](Error::code); the details are in the getters.
/// `Display` is one line with the reason, the flattened cause and, where there is one, the remedy.
///
/// ```
/// use renumerate::{Customer, ErrorKind};
///
/// let error = Customer::by_id("").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Validation);
/// assert_eq!(error.field(), Some("customer_id"));
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    retryable: bool,
    field: Option<Cow<'static, str>>,
    answer: Option<ResponseContext>,
    phase: Option<NetworkPhase>,
    timeout_scope: Option<TimeoutScope>,
    hints: Vec<Cow<'static, str>>,
    attempts: Vec<Attempt>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What an error keeps of the answer that it is about; all of its text is scrubbed and truncate.
#[derive(Debug, Default)]
pub(crate) struct ResponseContext {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: String,
    pub(crate) retry_after: Option<Duration>,
}

impl Error {
    fn new(kind: ErrorKind, message: String) -> Self {
        Self(Box::new(Inner {
            kind,
            message,
            retryable: false,
            field: None,
            answer: None,
            phase: None,
            timeout_scope: None,
            hints: Vec::new(),
            attempts: Vec::new(),
            source: None,
        }))
    }

    pub(crate) fn configuration(option: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Configuration, message.into());
        error.0.field = Some(option.into());
        error
    }

    pub(crate) fn validation(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Validation, message.into());
        error.0.field = Some(field.into());
        error
    }

    pub(crate) fn api(message: String, answer: ResponseContext) -> Self {
        let mut error = Self::new(ErrorKind::of_status(answer.status), message);
        error.0.answer = Some(answer);
        error
    }

    pub(crate) fn unexpected_response(message: impl Into<String>, answer: ResponseContext) -> Self {
        let mut error = Self::new(ErrorKind::UnexpectedResponse, message.into());
        error.0.answer = Some(answer);
        error
    }

    pub(crate) fn network(phase: NetworkPhase, source: Box<dyn StdError + Send + Sync>) -> Self {
        let message = format!("the network failed while {}: {}", phase.doing(), flatten(source.as_ref()));
        let mut error = Self::new(ErrorKind::Network, message);
        error.0.phase = Some(phase);
        error.0.source = Some(source);
        error
    }

    pub(crate) fn timeout(scope: TimeoutScope, limit: Duration) -> Self {
        let message = format!("no complete answer within the {} of {limit:?}", scope.option());
        let mut error = Self::new(ErrorKind::Timeout, message);
        error.0.timeout_scope = Some(scope);
        error
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    pub(crate) fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: Vec<Attempt>) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// What went wrong, by kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable code of the kind, such as `not_found`; the same in every language.
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// The reason alone: the server's own `error` text where it sent one, else what can be said.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What may help, each in a few words: what looks wrong in the request, what to set, why there was no retry. It
    /// is part of the printed error.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        self.0.hints.iter().map(AsRef::as_ref)
    }

    /// The parameter or the option that is at fault (`customer_id`, `base_url`).
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The HTTP status of the answer, where one came.
    pub fn status(&self) -> Option<u16> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The service's own id of the request, where it sent one: quote it to their support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.answer.as_ref()?.request_id.as_deref()
    }

    /// The content type of the answer, where one came.
    pub fn content_type(&self) -> Option<&str> {
        self.0.answer.as_ref()?.content_type.as_deref()
    }

    /// The answer's body: at most 512 characters, without control characters, secrets masked.
    pub fn body(&self) -> Option<&str> {
        self.0.answer.as_ref().map(|answer| answer.body.as_str())
    }

    /// How long the service asks to wait before the next request (`Retry-After`, `retry-after-ms`).
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.answer.as_ref()?.retry_after
    }

    /// How far the call came, for [`ErrorKind::Network`].
    pub fn phase(&self) -> Option<NetworkPhase> {
        self.0.phase
    }

    /// Which limit ended the call, for [`ErrorKind::Timeout`].
    pub fn timeout_scope(&self) -> Option<TimeoutScope> {
        self.0.timeout_scope
    }

    /// What is printed, with this reason and these hints.
    pub(crate) fn line(&self, reason: &str, hints: &[impl AsRef<str>]) -> String {
        let mut line = match (self.0.kind, self.status()) {
            (ErrorKind::UnexpectedResponse, Some(status)) => {
                format!("unexpected answer ({status}): {reason}")
            }
            (_, Some(status)) => format!("the service answered {status}: {reason}"),
            (_, None) => reason.to_owned(),
        };
        let request_id = self.request_id().map(|id| format!(" (request id {id})"));
        line.extend(request_id);
        for hint in hints {
            line.extend(["; ", hint.as_ref()]);
        }
        line
    }

    /// The cause in one line.
    pub(crate) fn cause(&self) -> Option<String> {
        self.0.source.as_deref().map(|source| flatten(source))
    }

    /// Whether the same request may succeed when it is sent again.
    pub fn retryable(&self) -> bool {
        self.0.retryable
    }

    /// What each attempt met and how long it took; empty where nothing was sent.
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line(&self.0.message, &self.0.hints))
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// The causes in one line, each said once: libraries repeat their source's text, or hide it.
fn flatten(error: &(dyn StdError + 'static)) -> String {
    let mut line = String::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        // What the HTTP library says of itself tells nothing that the phase does not.
        let empty = text == "error sending request" || text.starts_with("client error (");
        if !empty && !line.contains(&text) {
            line.push_str(if line.is_empty() { "" } else { ": " });
            line.push_str(&text);
        }
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_repeats_its_source_is_said_once() {
        let io = std::io::Error::other(std::io::Error::other("refused"));
        assert_eq!(flatten(&io), "refused");
    }
}
