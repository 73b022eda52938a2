//! HTTP transport: sockets, TLS and proxies.
//!
//! Only this module builds an HTTP client. The module also maps the errors of the HTTP client to network phases, and to
//! hints, which suggest remedies.

mod connect_observer;

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Proxy, redirect};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::call::{SendFailure, SendOnce};
use crate::config::{Config, ProxyChoice};
use crate::error::{
    AttemptOutcome, Error, Message, Name, NetworkPhase, OUT_OF_RESOURCES, Result, TimeoutScope,
};
use crate::protocol::{BODY_MAX_BYTES, KEY_HEADER, RawResponse};
use crate::retry::Deadline;
use connect_observer::{ConnectObserverLayer, observe_connects};

/// Time after which the client closes an idle connection. Servers and load balancers usually keep idle connections
/// longer, so the client seldom reuses a connection that the peer has closed.
pub(crate) const IDLE_CONNECTION: Duration = Duration::from_secs(15);
const JSON: HeaderValue = HeaderValue::from_static("application/json");

const PROXY_CREDENTIALS: &str = "give the proxy's user and password: http://user:password@host:port";

const PROXY_SCHEMES: &str =
    "only http:// and https:// proxies can be used: check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY";

/// Reason why a request got no complete response.
#[derive(Debug)]
enum TransportFailure {
    /// The network failed. `stale` is set if a reused connection was closed before a response arrived.
    Network { phase: NetworkPhase, source: Box<reqwest::Error>, stale: bool },
    /// Opening a connection exceeded the connect timeout.
    ConnectTimeout,
    /// The attempt's deadline passed.
    Deadline,
}

/// HTTP client with its connection pool.
#[derive(Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    connect_timeout: Duration,
}

impl Transport {
    /// Builds the HTTP client. Opens no connection and starts no thread.
    ///
    /// # Errors
    ///
    /// A configuration error if the key, the proxy or the TLS configuration is unusable.
    #[expect(clippy::disallowed_methods, reason = "the only place that builds an HTTP client")]
    pub(crate) fn new(config: &Config, tls: ClientConfig) -> Result<Self> {
        let mut headers = HeaderMap::new();
        let mut key = HeaderValue::from_str(config.key.expose()).map_err(|_| {
            Error::configuration(Name("private_key"), "the private key isn't fit for a header")
        })?;
        key.set_sensitive(true);
        headers.insert(HeaderName::from_static(KEY_HEADER), key);
        headers.insert(ACCEPT, JSON);
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connector_layer(ConnectObserverLayer)
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .tcp_nodelay(true)
            .tcp_keepalive(Duration::from_secs(15))
            .pool_idle_timeout(IDLE_CONNECTION)
            .connect_timeout(config.connect_timeout)
            .user_agent(&config.user_agent)
            .default_headers(headers);
        let builder = match &config.proxy {
            ProxyChoice::Environment => builder,
            ProxyChoice::Direct => builder.no_proxy(),
            ProxyChoice::Explicit(url) => builder.proxy(
                Proxy::all(url.clone())
                    .map_err(|_| Error::configuration(Name("proxy"), Name("proxy") + " can't be used"))?,
            ),
        };
        let http = builder.build().map_err(|error| {
            Error::configuration(Name("base_url"), "the connection can't be set up")
                .with_source(error.without_url())
        })?;
        Ok(Self { http, connect_timeout: config.connect_timeout })
    }

    /// Sends one request and reads its response.
    async fn send(
        &self,
        url: Url,
        body: Bytes,
        deadline: Instant,
    ) -> std::result::Result<RawResponse, TransportFailure> {
        let request = self.http.post(url).header(CONTENT_TYPE, JSON).body(body).send();
        let mut response = match timeout_at(deadline, observe_connects(request)).await {
            Ok((Ok(response), _)) => response,
            Ok((Err(error), connected)) => return Err(TransportFailure::before_response(error, connected)),
            Err(_) => return Err(TransportFailure::Deadline),
        };
        let mut raw = RawResponse {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body: Vec::new(),
            too_long: false,
        };
        loop {
            let failure = match timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    let remaining = BODY_MAX_BYTES - raw.body.len();
                    raw.body.extend_from_slice(chunk.get(..remaining).unwrap_or(&chunk));
                    if chunk.len() > remaining {
                        raw.too_long = true;
                        return Ok(raw);
                    }
                    continue;
                }
                Ok(Ok(None)) => return Ok(raw),
                Ok(Err(error)) => TransportFailure::from(error),
                Err(_) => TransportFailure::Deadline,
            };
            // A status of 400 or above is an error, whatever the body says. So a truncated body is accepted then.
            return if raw.status >= 400 { Ok(raw) } else { Err(failure) };
        }
    }
}

impl SendOnce for Transport {
    async fn send_once(
        &self,
        url: &Url,
        body: Bytes,
        deadline: Deadline,
    ) -> std::result::Result<RawResponse, SendFailure> {
        let response = self.send(url.clone(), body, Instant::now() + deadline.after);
        response.await.map_err(|failure| failure.into_send_failure(self.connect_timeout, deadline))
    }
}

impl From<reqwest::Error> for TransportFailure {
    fn from(error: reqwest::Error) -> Self {
        let in_connect = error.is_connect();
        if in_connect && error.is_timeout() {
            return Self::ConnectTimeout;
        }
        let phase = if error.is_dns() {
            NetworkPhase::Dns
        } else if in_connect && causes(&error).any(is_tls) {
            NetworkPhase::Tls
        } else if in_connect {
            NetworkPhase::Connect
        } else if causes(&error).any(is_broken_pipe) {
            NetworkPhase::Send
        } else {
            NetworkPhase::Read
        };
        Self::Network { phase, source: Box::new(error.without_url()), stale: false }
    }
}

impl TransportFailure {
    /// Classifies a failure that occurred before the status line of the response arrived. `connected` is set if the
    /// request opened a new connection.
    ///
    /// If the request reused a connection, and that connection was closed or reset, the failure is stale: the server
    /// has probably closed the connection while it was idle.
    fn before_response(error: reqwest::Error, connected: bool) -> Self {
        let closed = causes(&error).any(is_closed);
        match Self::from(error) {
            Self::Network { phase, source, .. } => {
                Self::Network { phase, source, stale: closed && !connected }
            }
            timeout => timeout,
        }
    }

    /// Converts the failure to the error that the caller gets.
    fn into_send_failure(self, connect_timeout: Duration, deadline: Deadline) -> SendFailure {
        let timeout = |scope, limit| SendFailure {
            outcome: AttemptOutcome::Timeout(scope),
            error: Error::timeout(scope, limit).with_retryable(true),
            stale: false,
        };
        match self {
            Self::Deadline => timeout(deadline.scope, deadline.limit),
            Self::ConnectTimeout => timeout(TimeoutScope::Connect, connect_timeout),
            Self::Network { phase, source, stale } => SendFailure {
                outcome: AttemptOutcome::Network(phase),
                error: network_error(phase, source),
                stale,
            },
        }
    }
}

/// Returns the error of a network failure. If the cause is permanent, the error is not retryable and has a hint.
pub(crate) fn network_error(phase: NetworkPhase, source: Box<dyn StdError + Send + Sync>) -> Error {
    let permanent = causes(source.as_ref()).find_map(permanent_failure_hint);
    let retryable = permanent.is_none();
    let out_of_files = causes(source.as_ref()).any(is_out_of_files).then(|| OUT_OF_RESOURCES.into());
    let error = Error::network(phase, source).with_retryable(retryable);
    permanent.or(out_of_files).into_iter().fold(error, Error::with_hint)
}

/// Returns whether the process or the system has no file descriptors left.
fn is_out_of_files(cause: &(dyn StdError + 'static)) -> bool {
    /// `ENFILE` and `EMFILE`. Each has the same number on Linux as on macOS.
    const CODES: [i32; 2] = [23, 24];
    let code = cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
    cfg!(unix) && code.is_some_and(|code| CODES.contains(&code))
}

/// Returns a hint if a retry would fail for the same reason. Such permanent causes are an invalid certificate, a peer
/// that does not speak TLS or HTTP, and an unusable proxy.
fn permanent_failure_hint(cause: &(dyn StdError + 'static)) -> Option<Message> {
    use rustls::CertificateError::UnknownIssuer;
    use rustls::Error::{InvalidCertificate, InvalidMessage, PeerIncompatible};
    match cause.downcast_ref::<rustls::Error>() {
        Some(InvalidCertificate(UnknownIssuer)) => {
            let advice =
                "if a company's proxy or a private authority signs here, give its certificate file as ";
            return Some(Message::from(advice) + Name("ca_bundle") + " or in RENUMERATE_CA_BUNDLE");
        }
        Some(InvalidCertificate(_)) => {
            return Some(
                Message::from("check the host in ") + Name("base_url") + ", and this machine's clock",
            );
        }
        Some(InvalidMessage(_) | PeerIncompatible(_)) => {
            let check = "check that TLS 1.2 or later is spoken at the host and port of ";
            return Some(Message::from(check) + Name("base_url"));
        }
        _ => {}
    }
    match cause.downcast_ref::<hyper::Error>() {
        // `hyper::Error::is_parse_too_large` requires the feature `server`, so compare the text.
        Some(error) if error.is_parse() && error.to_string() == "message head is too large" => {
            return Some("check what stands between here and the service: its headers have no end".into());
        }
        Some(error) if error.is_parse() => {
            let problem = " leads to the service itself: what answered does not speak HTTP";
            return Some(Message::from("check that ") + Name("base_url") + problem);
        }
        _ => {}
    }
    // The types of these errors are private to the HTTP library, so compare the texts.
    match cause.to_string().as_str() {
        "tunnel error: proxy authorization required" => Some(PROXY_CREDENTIALS.into()),
        "tunnel error: unsuccessful" => {
            Some("the proxy refuses to open a way to this host: ask whoever runs it".into())
        }
        text if text.starts_with("unsupported scheme socks") => Some(PROXY_SCHEMES.into()),
        _ => None,
    }
}

/// Iterates over the error and its causes. Also visits the inner error of an I/O error, which `source` skips.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| {
        let error = *error;
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| error.source())
    })
}

fn is_tls(cause: &(dyn StdError + 'static)) -> bool {
    // If the peer closes the connection during the handshake, tokio-rustls returns this I/O error, not a rustls error.
    cause.is::<rustls::Error>() || cause.to_string() == "tls handshake eof"
}

/// Returns whether the peer closed or reset the connection.
fn is_closed(cause: &(dyn StdError + 'static)) -> bool {
    let is_close = |kind| {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof};
        matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof)
    };
    cause.downcast_ref::<io::Error>().is_some_and(|error| is_close(error.kind()))
        || cause.downcast_ref::<hyper::Error>().is_some_and(|e| e.is_incomplete_message() || e.is_canceled())
}

fn is_broken_pipe(cause: &(dyn StdError + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
        || cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_body_write_aborted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClientOptions;
    use crate::tls::{self, ExtraRoots};

    /// Rules: E9
    #[cfg(unix)]
    #[test]
    fn lack_of_file_descriptors_is_retryable_and_has_a_hint() {
        let error = network_error(NetworkPhase::Connect, Box::new(io::Error::from_raw_os_error(24)));
        assert!(error.retryable() && error.hints().eq([OUT_OF_RESOURCES]), "{error}");
        let error = network_error(NetworkPhase::Connect, Box::new(io::Error::from_raw_os_error(111)));
        assert!(error.retryable() && error.hints().next().is_none(), "{error}");
    }

    /// Rules: X1
    #[test]
    fn transport_debug_output_hides_key_and_proxy_password() {
        let options = ClientOptions {
            private_key: Some("sk_live_planted".to_owned().into()),
            proxy: Some("http://user:planted@proxy.example".to_owned().into()),
            ..ClientOptions::default()
        };
        let config = Config::check(options, &|_| Ok(None)).unwrap();
        let transport = Transport::new(&config, tls::client_config(&ExtraRoots::default()).unwrap()).unwrap();
        let output = format!("{transport:?} {config:?}");
        assert!(output.contains("x-brand-key") && !output.contains("planted"), "{output}");
    }
}
