//! Failures of attempts: the phase in which the network failed, the reason in a few words, and remedies.

use std::error::Error as StdError;
use std::io;
use std::time::{Duration, SystemTime};

use http::StatusCode;

use super::tunnel::{ProxyResponse, TunnelError};
use crate::error::{
    AttemptOutcome, Error, Explanation, Message, Name, NetworkPhase, OUT_OF_RESOURCES, TimeoutScope,
    describe_io,
};
use crate::retry::{is_retryable_status, retry_after};
use crate::tls::explain_tls;

const PROXY_CREDENTIALS: &str = "set the proxy's user and password, as in http://user:password@host:port";

const PROXY_REFUSES: &str =
    "check the address of the proxy, or ask the proxy's operator to allow connections to the service";

/// Beginning of std's text for a failed DNS lookup.
const LOOKUP_FAILED: &str = "failed to lookup address information: ";

/// Texts of the systems for a name that has no address.
const UNKNOWN_NAME: [&str; 5] =
    ["not known", "does not resolve", "No address associated", "No such host", "has no address"];

/// Reason why an attempt got no complete response.
#[derive(Debug)]
pub(super) enum Failure {
    /// The network failed in this phase.
    Network(NetworkPhase, Box<dyn StdError + Send + Sync>),
    /// The process could not start a thread.
    NoThread(io::Error),
    /// The deadline passed in this phase. The hint says what the attempt was waiting for, if that is unusual.
    Timeout(NetworkPhase, Option<Message>),
    /// The proxy failed, not the service behind it.
    OfProxy(Box<Self>),
}

impl Failure {
    pub(super) fn network(phase: NetworkPhase, source: impl StdError + Send + Sync + 'static) -> Self {
        Self::Network(phase, Box::new(source))
    }

    /// Classifies a failure of a DNS lookup. Without file descriptors, it is no fault of the name servers.
    pub(super) fn of_lookup(error: io::Error) -> Self {
        let phase = if is_out_of_files(&error) { NetworkPhase::Connect } else { NetworkPhase::Dns };
        Self::network(phase, error)
    }

    /// Classifies a failure of an open connection.
    pub(super) fn of_request(error: hyper::Error) -> Self {
        // In TLS 1.3, the client sends its request before the server has accepted the handshake.
        let phase = if causes(&error).any(is_tls) {
            NetworkPhase::Tls
        } else if causes(&error).any(is_broken_pipe) {
            NetworkPhase::Send
        } else {
            NetworkPhase::Read
        };
        Self::network(phase, error)
    }

    /// Returns whether the connection was closed or reset, so that a new connection may work.
    pub(super) fn is_closed(&self) -> bool {
        match self {
            Self::Network(_, source) => causes(source.as_ref()).any(is_closed),
            Self::NoThread(_) | Self::Timeout(..) => false,
            Self::OfProxy(failure) => failure.is_closed(),
        }
    }

    /// Converts the failure to the outcome of the attempt, and to the error that the caller gets. `scope` and `limit`
    /// describe the timeout that determined the deadline.
    pub(super) fn into_error(self, scope: TimeoutScope, limit: Duration) -> (AttemptOutcome, Error) {
        match self {
            Self::Network(phase, source) => (AttemptOutcome::Network(phase), network_error(phase, source)),
            Self::NoThread(source) => {
                (AttemptOutcome::Network(NetworkPhase::Connect), Error::out_of_resources(Box::new(source)))
            }
            Self::Timeout(phase, hint) => {
                let error = Error::timeout(scope, limit, Some(phase)).with_retryable(true);
                (AttemptOutcome::Timeout(scope), hint.into_iter().fold(error, Error::with_hint))
            }
            Self::OfProxy(failure) => {
                let (outcome, error) = failure.into_error(scope, limit);
                (outcome, error.of_proxy())
            }
        }
    }
}

/// Returns the error of a network failure. If the cause is permanent, the error is not retryable and has a hint.
pub(crate) fn network_error(phase: NetworkPhase, source: Box<dyn StdError + Send + Sync>) -> Error {
    let Explanation { reason, remedy } = explain(source.as_ref());
    let retryable = remedy.is_none();
    let out_of_files = causes(source.as_ref()).any(is_out_of_files).then(|| OUT_OF_RESOURCES.into());
    let proxy_response = causes(source.as_ref()).find_map(proxy_response);
    let mut error = Error::network(phase, reason, source).with_retryable(retryable);
    if let Some((status, retry_after)) = proxy_response {
        error = error.with_proxy_response(status, retry_after);
    }
    remedy.or(out_of_files).into_iter().fold(error, Error::with_hint)
}

/// Returns the status and the delay of a proxy's response that refuses a tunnel.
fn proxy_response(cause: &(dyn StdError + 'static)) -> Option<(u16, Option<Duration>)> {
    let Some(TunnelError::Refused(response)) = cause.downcast_ref() else { return None };
    Some((response.status.as_u16(), retry_after(&response.headers, SystemTime::now())))
}

/// Returns whether the process or the system has no file descriptors left.
fn is_out_of_files(cause: &(dyn StdError + 'static)) -> bool {
    /// `ENFILE` and `EMFILE`. Each has the same number on Linux as on macOS.
    const CODES: [i32; 2] = [23, 24];
    let code = cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
    cfg!(unix) && code.is_some_and(|code| CODES.contains(&code))
}

fn explain(error: &(dyn StdError + 'static)) -> Explanation {
    causes(error).find_map(explain_cause).unwrap_or_else(|| {
        let innermost = causes(error).last().map(ToString::to_string).unwrap_or_default();
        Explanation::temporary(describe_lookup(&innermost))
    })
}

/// Returns the explanation of a cause, or `None` if its own cause says more.
fn explain_cause(cause: &(dyn StdError + 'static)) -> Option<Explanation> {
    if let Some(error) = cause.downcast_ref() {
        return Some(explain_tls(error));
    }
    if let Some(error) = cause.downcast_ref() {
        return explain_tunnel(error);
    }
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        // The inner error of a closed connection only states what the library was reading.
        let is_explained = error.get_ref().is_none() || error.kind() == io::ErrorKind::UnexpectedEof;
        return is_explained.then(|| Explanation::temporary(describe_io(error)));
    }
    let error = cause.downcast_ref::<hyper::Error>()?;
    // `hyper::Error::is_parse_too_large` requires the feature `server`, so compare the text.
    if error.is_parse() && error.to_string() == "message head is too large" {
        let remedy = "check the server or proxy that sends them";
        return Some(Explanation::permanent("the response headers exceed 64 KiB or have no end", remedy));
    }
    if error.is_parse() {
        let remedy = Message::from("check the scheme, host and port of ") + Name("base_url");
        return Some(Explanation::permanent("the response is not HTTP", remedy));
    }
    (error.is_incomplete_message() || error.is_canceled())
        .then(|| Explanation::temporary("connection closed"))
}

fn explain_tunnel(error: &TunnelError) -> Option<Explanation> {
    match error {
        TunnelError::Refused(response) => {
            let reason = format!("it answered {}", response.status.as_u16());
            Some(match response.status {
                StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                    Explanation::permanent(reason, authentication_remedy(response))
                }
                status if is_retryable_status(status.as_u16()) => Explanation::temporary(reason),
                _ => Explanation::permanent(reason, PROXY_REFUSES),
            })
        }
        TunnelError::Http(error) if error.is_parse() => {
            let remedy = Message::from("check the scheme, host and port of ") + Name("proxy");
            Some(Explanation::permanent("the response is not HTTP", remedy))
        }
        TunnelError::Http(_) => None,
    }
}

/// Returns the remedy for a proxy that responded with status 407.
fn authentication_remedy(response: &ProxyResponse) -> Message {
    let mut schemes = response.auth_schemes().peekable();
    if schemes.peek().is_some() && !schemes.any(|scheme| scheme.eq_ignore_ascii_case("basic")) {
        "ask the proxy's operator to enable Basic authentication, the only scheme that this client supports"
            .into()
    } else if response.had_credentials {
        Message::from("correct the user and password in ") + Name("proxy") + ", which the proxy rejected"
    } else {
        PROXY_CREDENTIALS.into()
    }
}

/// Describes a failed DNS lookup in a few words. Leaves other texts unchanged.
fn describe_lookup(text: &str) -> String {
    let reason = text.strip_prefix(LOOKUP_FAILED).unwrap_or(text);
    if UNKNOWN_NAME.iter().any(|unknown| reason.contains(unknown)) {
        return "name not known".to_owned();
    }
    describe_io(&io::Error::other(reason))
}

/// Iterates over the error and its causes. Also visits the inner error of an I/O error, which `source` skips.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| {
        let error = *error;
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| error.source())
    })
}

/// Returns whether the connection is closed: the peer closed or reset it, or the system did, because the peer did not
/// acknowledge what was sent.
fn is_closed(cause: &(dyn StdError + 'static)) -> bool {
    let is_close = |kind| {
        use io::ErrorKind::{
            BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, TimedOut, UnexpectedEof,
        };
        matches!(
            kind,
            BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | TimedOut | UnexpectedEof
        )
    };
    cause.downcast_ref::<io::Error>().is_some_and(|error| is_close(error.kind()))
        || cause.downcast_ref::<hyper::Error>().is_some_and(|e| e.is_incomplete_message() || e.is_canceled())
}

fn is_tls(cause: &(dyn StdError + 'static)) -> bool {
    cause.is::<rustls::Error>()
}

fn is_broken_pipe(cause: &(dyn StdError + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
        || cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_body_write_aborted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use http::header::{HeaderValue, PROXY_AUTHENTICATE};

    /// Rules: E9
    #[cfg(unix)]
    #[test]
    fn lack_of_file_descriptors_is_retryable_and_has_a_hint() {
        let error = network_error(NetworkPhase::Connect, Box::new(io::Error::from_raw_os_error(24)));
        assert!(error.retryable() && error.hints().eq([OUT_OF_RESOURCES]), "{error}");
        let error = network_error(NetworkPhase::Connect, Box::new(io::Error::from_raw_os_error(111)));
        assert!(error.retryable() && error.hints().next().is_none(), "{error}");
    }
    /// Rules: S7, S11
    #[cfg(target_os = "linux")]
    #[test]
    fn peer_that_acknowledges_nothing_counts_as_closed() {
        let failure = |code| Failure::network(NetworkPhase::Read, io::Error::from_raw_os_error(code));
        assert!([32, 104, 110].into_iter().all(|code| failure(code).is_closed()));
        assert!(!failure(24).is_closed() && !Failure::Timeout(NetworkPhase::Read, None).is_closed());
    }
    /// Rules: R1, R2, S14
    #[test]
    fn temporary_status_of_a_proxy_is_retryable_and_its_headers_are_hidden() {
        for (status, retryable) in
            [(502, true), (503, true), (429, true), (403, false), (407, false), (200, false)]
        {
            let response = ProxyResponse {
                status: StatusCode::from_u16(status).unwrap(),
                reason: "planted".to_owned(),
                headers: HeaderMap::from_iter([(PROXY_AUTHENTICATE, HeaderValue::from_static("planted"))]),
                had_credentials: false,
            };
            let error =
                network_error(NetworkPhase::Connect, Box::new(TunnelError::Refused(Box::new(response))));
            assert_eq!(error.retryable(), retryable, "{status}");
            assert!(!format!("{error:?} {error}").contains("planted"), "{error:?}");
        }
    }
}
