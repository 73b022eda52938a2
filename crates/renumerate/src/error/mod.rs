//! The error type of this crate, and the functions that create errors.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

mod attempt;
mod kind;
mod message;

pub(crate) use attempt::millis;
pub use attempt::{Attempt, AttemptOutcome, NetworkPhase, TimeoutScope};
pub use kind::ErrorKind;
pub(crate) use message::{Message, Name};

/// The result type of this crate's fallible functions.
pub type Result<T> = std::result::Result<T, Error>;

/// The error of a call or of a client's configuration.
///
/// Match on [`kind`](Error::kind) or on the stable [`code`](Error::code). The getters return the details. `Display`
/// writes one line: the reason, the status and the request id of the response if there is one, and the hints.
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
    message: Message,
    retryable: bool,
    field: Option<Message>,
    response: Option<ResponseContext>,
    phase: Option<NetworkPhase>,
    timeout_scope: Option<TimeoutScope>,
    hints: Vec<Message>,
    attempts: Vec<Attempt>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The hint for a process that has no threads or file descriptors left.
pub(crate) const OUT_OF_RESOURCES: &str =
    "this process has no threads or file descriptors left: raise its limits, or make fewer calls at once";

/// The parts of a response that an error keeps. All text is redacted and truncated.
#[derive(Debug, Default)]
pub(crate) struct ResponseContext {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) content_type: Option<String>,
    /// The body. A proxy's refusal of a tunnel has none.
    pub(crate) body: Option<String>,
    pub(crate) retry_after: Option<Duration>,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<Message>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            retryable: false,
            field: None,
            response: None,
            phase: None,
            timeout_scope: None,
            hints: Vec::new(),
            attempts: Vec::new(),
            source: None,
        }))
    }

    pub(crate) fn configuration(option: impl Into<Message>, message: impl Into<Message>) -> Self {
        let mut error = Self::new(ErrorKind::Configuration, message);
        error.0.field = Some(option.into());
        error
    }

    pub(crate) fn validation(field: impl Into<Message>, message: impl Into<Message>) -> Self {
        let mut error = Self::new(ErrorKind::Validation, message);
        error.0.field = Some(field.into());
        error
    }

    pub(crate) fn api(message: String, response: ResponseContext) -> Self {
        let mut error = Self::new(ErrorKind::of_status(response.status), message);
        error.0.response = Some(response);
        error
    }

    pub(crate) fn unexpected_response(message: impl Into<Message>, response: ResponseContext) -> Self {
        let mut error = Self::new(ErrorKind::UnexpectedResponse, message);
        error.0.response = Some(response);
        error
    }

    pub(crate) fn network(phase: NetworkPhase, source: Box<dyn StdError + Send + Sync>) -> Self {
        let message =
            format!("the network failed while {}: {}", phase.description(), flatten(source.as_ref()));
        let mut error = Self::new(ErrorKind::Network, message);
        error.0.phase = Some(phase);
        error.0.source = Some(source);
        error
    }

    /// Adds the status of a proxy's response that refused a tunnel, and the delay that the proxy asked for.
    pub(crate) fn with_proxy_response(mut self, status: u16, retry_after: Option<Duration>) -> Self {
        self.0.response = Some(ResponseContext { status, retry_after, ..ResponseContext::default() });
        self
    }

    /// Creates the error for a process that cannot start a thread or a runtime, because it has no threads or file
    /// descriptors left. The error is retryable, because such a shortage is often temporary. It counts as a failed
    /// attempt, as if the descriptor of a socket were missing.
    pub(crate) fn out_of_resources(source: Box<dyn StdError + Send + Sync>) -> Self {
        let attempt =
            Attempt::new(AttemptOutcome::Network(NetworkPhase::Connect), Duration::ZERO, Duration::ZERO);
        Self::network(NetworkPhase::Connect, source)
            .with_retryable(true)
            .with_hint(OUT_OF_RESOURCES)
            .with_attempts(vec![attempt])
    }

    /// Returns whether the process had no threads or file descriptors left.
    pub(crate) fn is_out_of_resources(&self) -> bool {
        self.hints().any(|hint| hint == OUT_OF_RESOURCES)
    }

    /// Creates the error of a call on a closed client.
    pub(crate) fn closed() -> Self {
        Self::new(ErrorKind::Closed, "the client is closed: make a new one, or close it after its last call")
    }

    /// Creates the error for a bug in this crate, such as a call that ended without a result.
    pub(crate) fn internal(problem: &str) -> Self {
        Self::new(
            ErrorKind::Internal,
            format!("{problem}: this is a bug in Renumerate's SDK, please report it"),
        )
    }

    pub(crate) fn timeout(scope: TimeoutScope, limit: Duration) -> Self {
        let message =
            Message::from("no complete answer within the ") + Name(scope.option()) + format!(" of {limit:?}");
        let mut error = Self::new(ErrorKind::Timeout, message);
        error.0.timeout_scope = Some(scope);
        error
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<Message>) -> Self {
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

    /// Returns the kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the stable code of the kind, such as `not_found`. It is the same in every language.
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// Returns the reason, without the status and the hints. The reason is the error message of the service if it sent
    /// one, else a description by this crate.
    pub fn message(&self) -> &str {
        self.0.message.as_str()
    }

    /// Returns short hints: suspicious parameters, options to set, or the reason why there was no retry. `Display`
    /// includes them.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        self.0.hints.iter().map(Message::as_str)
    }

    /// Returns the name of the invalid parameter or option, such as `customer_id` or `base_url`.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_ref().map(Message::as_str)
    }

    /// Returns the HTTP status of the response, if one was received. For [`ErrorKind::Network`], it is the status with which
    /// a proxy refused to open a tunnel.
    pub fn status(&self) -> Option<u16> {
        self.0.response.as_ref().map(|response| response.status)
    }

    /// Returns the request id of the response, if the service sent one. Quote this id when you contact the vendor's
    /// support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.response.as_ref()?.request_id.as_deref()
    }

    /// Returns the content type of the response, if it has one.
    pub fn content_type(&self) -> Option<&str> {
        self.0.response.as_ref()?.content_type.as_deref()
    }

    /// Returns the beginning of the response body, if a response was received: at most 512 characters, without control
    /// characters and with secrets masked.
    pub fn body(&self) -> Option<&str> {
        self.0.response.as_ref()?.body.as_deref()
    }

    /// Returns the delay before the next request that the service or the proxy asks for. They send it in the response
    /// header `Retry-After` or `retry-after-ms`.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.response.as_ref()?.retry_after
    }

    /// Returns the phase in which the network failed, for [`ErrorKind::Network`].
    pub fn phase(&self) -> Option<NetworkPhase> {
        self.0.phase
    }

    /// Returns the timeout that ended the call, for [`ErrorKind::Timeout`].
    pub fn timeout_scope(&self) -> Option<TimeoutScope> {
        self.0.timeout_scope
    }

    /// Returns the reason, the hints and the field as [`Message`]s, so that a binding can spell the names in them.
    pub(crate) fn messages(&self) -> (&Message, &[Message], Option<&Message>) {
        (&self.0.message, &self.0.hints, self.0.field.as_ref())
    }

    /// Formats the error like `Display`, but with the given reason and hints instead of the error's own.
    pub(crate) fn line<'a>(&self, reason: &str, hints: impl IntoIterator<Item = &'a str>) -> String {
        let mut line = match (self.0.kind, self.status()) {
            (ErrorKind::UnexpectedResponse, Some(status)) => {
                format!("unexpected answer ({status}): {reason}")
            }
            (ErrorKind::Network, Some(_)) | (_, None) => reason.to_owned(),
            (_, Some(status)) => format!("the service answered {status}: {reason}"),
        };
        let request_id = self.request_id().map(|id| format!(" (request id {id})"));
        line.extend(request_id);
        for hint in hints {
            line.extend(["; ", hint]);
        }
        line
    }

    /// Returns the texts of all causes of the error in one line, or `None` if there is no cause.
    pub(crate) fn cause(&self) -> Option<String> {
        self.0.source.as_deref().map(|source| flatten(source))
    }

    /// Returns whether the same request may succeed if it is sent again.
    pub fn retryable(&self) -> bool {
        self.0.retryable
    }

    /// Returns the record of each attempt, in order. The slice is empty if no request was sent.
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line(self.message(), self.hints()))
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Joins the texts of the error and all its causes in one line. Some libraries repeat the text of the cause in their
/// own text. Therefore, a text that the line already contains is skipped.
fn flatten(error: &(dyn StdError + 'static)) -> String {
    let mut line = String::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.contains(&text) {
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
    fn flatten_skips_text_repeated_by_the_source() {
        let io = std::io::Error::other(std::io::Error::other("refused"));
        assert_eq!(flatten(&io), "refused");
    }
}
