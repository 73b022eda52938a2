//! The error type of this crate, and the functions that create errors.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

mod attempt;
mod explanation;
mod kind;
mod line;
mod message;

pub(crate) use attempt::millis;
pub use attempt::{Attempt, AttemptOutcome, NetworkPhase, TimeoutScope};
pub(crate) use explanation::Explanation;
pub use kind::ErrorKind;
pub(crate) use line::{Peer, seconds};
pub(crate) use message::{Message, Name};

/// The result type of this crate's fallible functions.
pub type Result<T> = std::result::Result<T, Error>;

/// The error of a call or of a client's configuration.
///
/// Match on [`kind`](Error::kind) or on the stable [`code`](Error::code). The getters return the details. `Display`
/// writes them in one line: what happened at which host, the number of attempts, and what to do.
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
    peer: Option<Peer>,
    /// Whether the proxy failed, not the service behind it.
    is_proxys: bool,
    /// Option or variable of the private key that the service rejected.
    key_setting: Option<Message>,
    response: Option<ResponseContext>,
    phase: Option<NetworkPhase>,
    timeout: Option<(TimeoutScope, Duration)>,
    hints: Vec<Message>,
    attempts: Vec<Attempt>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The hint for a process that has no threads or file descriptors left.
pub(crate) const OUT_OF_RESOURCES: &str =
    "raise this process's limits of threads and file descriptors, or make fewer calls at once";

/// The texts of an error that may contain names of options or parameters.
pub(crate) struct ErrorMessages<'a> {
    pub(crate) reason: &'a Message,
    pub(crate) hints: &'a [Message],
    pub(crate) field: Option<&'a Message>,
    pub(crate) host_setting: Option<&'a Message>,
}

/// The parts of a response that an error keeps. All text is redacted and truncated.
#[derive(Debug, Default)]
pub(crate) struct ResponseContext {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) content_type: Option<String>,
    /// The body. A proxy's refusal of a tunnel has none.
    pub(crate) body: Option<String>,
    /// Whether the body has an error message, which then is the reason of the error.
    pub(crate) has_message: bool,
    pub(crate) retry_after: Option<Duration>,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<Message>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            retryable: false,
            field: None,
            peer: None,
            is_proxys: false,
            key_setting: None,
            response: None,
            phase: None,
            timeout: None,
            hints: Vec::new(),
            attempts: Vec::new(),
            source: None,
        }))
    }

    /// Creates the error for an invalid option. `remedy` says what to do.
    pub(crate) fn configuration(
        option: impl Into<Message>,
        problem: impl Into<Message>,
        remedy: impl Into<Message>,
    ) -> Self {
        let mut error = Self::new(ErrorKind::Configuration, problem);
        error.0.field = Some(option.into());
        error.with_hint(remedy)
    }

    /// Creates the error for an invalid parameter. `remedy` says what to do.
    pub(crate) fn validation(
        parameter: impl Into<Message>,
        problem: impl Into<Message>,
        remedy: impl Into<Message>,
    ) -> Self {
        let mut error = Self::new(ErrorKind::Validation, problem);
        error.0.field = Some(parameter.into());
        error.with_hint(remedy)
    }

    /// Creates the error for the value of an option that does not meet the requirement. `requirement` and `got` have an
    /// article: `a whole number`.
    pub(crate) fn invalid_value(option: impl Into<Message>, requirement: &str, got: &str) -> Self {
        Self::not_as_required(ErrorKind::Configuration, option.into(), requirement, got)
    }

    /// Creates the error for the value of a parameter, like [`invalid_value`](Self::invalid_value).
    #[cfg(feature = "__ffi")]
    pub(crate) fn invalid_parameter(parameter: &str, requirement: &str, got: &str) -> Self {
        Self::not_as_required(ErrorKind::Validation, parameter.into(), requirement, got)
    }

    fn not_as_required(kind: ErrorKind, name: Message, requirement: &str, got: &str) -> Self {
        let mut error = Self::new(kind, name.clone() + format!(" must be {requirement}, not {got}"));
        error.0.field = Some(name);
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

    /// Creates the error for a failure of the network. `reason` is a short description of the source.
    pub(crate) fn network(
        phase: NetworkPhase,
        reason: impl Into<Message>,
        source: Box<dyn StdError + Send + Sync>,
    ) -> Self {
        let mut error = Self::new(ErrorKind::Network, reason);
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
        let reason = match source.downcast_ref() {
            Some(error) => format!("cannot start a thread: {}", describe_io(error)),
            None => "cannot start a thread".to_owned(),
        };
        Self::network(NetworkPhase::Connect, reason, source)
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
        Self::new(ErrorKind::Closed, "the client is closed")
            .with_hint("create a new client, or close this one after its last call")
    }

    /// Creates the error for a bug in this crate, such as a call that ended without a result.
    pub(crate) fn internal(problem: &str) -> Self {
        Self::new(ErrorKind::Internal, problem)
            .with_hint("this is a bug of the Renumerate SDK; please report it")
    }

    /// Creates the error for a timeout. `phase` is what the last attempt was waiting for.
    pub(crate) fn timeout(scope: TimeoutScope, limit: Duration, phase: Option<NetworkPhase>) -> Self {
        let reason = Message::from("no complete response within the ")
            + Name(scope.option())
            + " of "
            + seconds(limit);
        let mut error = Self::new(ErrorKind::Timeout, reason);
        error.0.timeout = Some((scope, limit));
        error.0.phase = phase;
        error
    }

    /// Notes that the proxy failed, not the service behind it.
    pub(crate) fn of_proxy(mut self) -> Self {
        self.0.is_proxys = true;
        self
    }

    /// Returns whether the proxy failed, not the service behind it.
    pub(crate) fn is_of_proxy(&self) -> bool {
        self.0.is_proxys
    }

    /// Returns whether the reason is the error message of the response.
    pub(crate) fn has_message(&self) -> bool {
        self.0.response.as_ref().is_some_and(|response| response.has_message)
    }

    /// Names the host that failed, and the option or variable of the private key.
    pub(crate) fn with_peer(mut self, peer: Peer, key_setting: Message) -> Self {
        self.0.peer = Some(peer);
        self.0.key_setting = Some(key_setting);
        self
    }

    /// Replaces the names of options in the reason and the hints by the texts that `setting` returns for them, such as the
    /// environment variable that set the option.
    pub(crate) fn with_settings(mut self, setting: impl Fn(&str) -> Option<Message>) -> Self {
        for text in std::iter::once(&mut self.0.message).chain(&mut self.0.hints) {
            *text = text.with_settings(&setting);
        }
        self
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

    /// Returns the reason, without the host, the attempts and the hints. The reason is the error message of the service if
    /// it sent one, else a description by this crate, such as `connection refused`.
    pub fn message(&self) -> &str {
        self.0.message.as_str()
    }

    /// Returns short hints: what to do, suspicious parameters, or the reason why there was no retry. `Display` includes
    /// them.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        self.0.hints.iter().map(Message::as_str)
    }

    /// Returns the name of the invalid parameter or option, such as `customer_id` or `base_url`.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_ref().map(Message::as_str)
    }

    /// Returns the host that failed, with its port unless it is the default: the host of the service, or the proxy. `None` if
    /// the error is not one of a call.
    pub fn host(&self) -> Option<&str> {
        self.0.peer.as_ref().map(|peer| peer.host.as_str())
    }

    /// Returns the option or environment variable that names [`host`](Error::host), such as `RENUMERATE_BASE_URL`. `None` if
    /// the default applies.
    pub fn host_setting(&self) -> Option<&str> {
        self.0.peer.as_ref()?.setting.as_ref().map(Message::as_str)
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

    /// Returns the phase in which the network failed, for [`ErrorKind::Network`], or the phase in which the last attempt was
    /// when its time was over, for [`ErrorKind::Timeout`].
    pub fn phase(&self) -> Option<NetworkPhase> {
        self.0.phase
    }

    /// Returns the timeout that ended the call, for [`ErrorKind::Timeout`].
    pub fn timeout_scope(&self) -> Option<TimeoutScope> {
        self.0.timeout.map(|(scope, _)| scope)
    }

    /// Returns the whole text: what happened, and the hints.
    pub(crate) fn text(&self) -> Message {
        self.0.text()
    }

    /// Returns the texts of the error as [`Message`]s, so that a binding can spell the names in them.
    pub(crate) fn messages(&self) -> ErrorMessages<'_> {
        let Inner { message, hints, field, peer, .. } = &*self.0;
        let host_setting = peer.as_ref().and_then(|peer| peer.setting.as_ref());
        ErrorMessages { reason: message, hints, field: field.as_ref(), host_setting }
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
        f.write_str(self.text().as_str())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Describes an I/O error in a few words, such as `connection refused`, without the system's error number.
pub(crate) fn describe_io(error: &io::Error) -> String {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable,
        NetworkUnreachable, TimedOut, UnexpectedEof,
    };
    match error.kind() {
        // The system's own text differs between systems.
        kind @ (BrokenPipe | ConnectionAborted | ConnectionRefused | ConnectionReset | HostUnreachable
        | NetworkUnreachable | TimedOut) => kind.to_string(),
        UnexpectedEof => "connection closed".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error ").next().unwrap_or_default();
            let mut characters = text.chars();
            characters
                .next()
                .map(|first| first.to_lowercase().chain(characters).collect())
                .unwrap_or_default()
        }
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
        let io = io::Error::other(io::Error::other("refused"));
        assert_eq!(flatten(&io), "refused");
    }
}
