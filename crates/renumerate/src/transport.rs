//! Sockets, TLS and proxies: the only place where an HTTP client is built, and where its failures get their names.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Proxy, Url, redirect};
use tokio::time::{Instant, timeout_at};

use crate::config::{Config, ProxyChoice};
use crate::error::{Error, NetworkPhase, Result, TimeoutScope};
use crate::tls;
use crate::wire::{BODY_MAX_BYTES, KEY_HEADER, RawAnswer};

/// Idle connections are kept for less than servers and balancers keep theirs.
const IDLE_CONNECTION: Duration = Duration::from_secs(15);
const JSON: HeaderValue = HeaderValue::from_static("application/json");

const UNKNOWN_ISSUER: &str = "if a company's proxy or a private authority signs here, give its certificate file as \
                              ca_bundle or in RENUMERATE_CA_BUNDLE";

/// Why no answer came.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The network failed.
    Network(NetworkPhase, Box<reqwest::Error>),
    /// Opening the connection took too long.
    ConnectTimeout,
    /// The attempt's deadline passed.
    Deadline,
}

#[derive(Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
}

impl Transport {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let mut headers = HeaderMap::new();
        let mut key = HeaderValue::from_str(config.key.expose())
            .map_err(|_| Error::configuration("private_key", "the private key isn't fit for a header"))?;
        key.set_sensitive(true);
        headers.insert(HeaderName::from_static(KEY_HEADER), key);
        headers.insert(ACCEPT, JSON);
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config(&config.extra_roots)?)
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
                Proxy::all(url.clone()).map_err(|_| Error::configuration("proxy", "proxy can't be used"))?,
            ),
        };
        let http = builder.build().map_err(|error| {
            Error::configuration("base_url", "the connection can't be set up")
                .with_source(error.without_url())
        })?;
        Ok(Self { http })
    }

    /// One request and its answer, or why there is none by the deadline.
    pub(crate) async fn exchange(
        &self,
        url: Url,
        body: String,
        deadline: Instant,
    ) -> std::result::Result<RawAnswer, Failure> {
        let request = self.http.post(url).header(CONTENT_TYPE, JSON).body(body).send();
        let mut response = match timeout_at(deadline, request).await {
            Ok(answered) => answered.map_err(Failure::from)?,
            Err(_) => return Err(Failure::Deadline),
        };
        let mut answer = RawAnswer {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body: Vec::new(),
            too_long: false,
        };
        loop {
            let failure = match timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    let room = BODY_MAX_BYTES - answer.body.len();
                    answer.body.extend(chunk.iter().take(room));
                    if chunk.len() > room {
                        answer.too_long = true;
                        return Ok(answer);
                    }
                    continue;
                }
                Ok(Ok(None)) => return Ok(answer),
                Ok(Err(error)) => Failure::from(error),
                Err(_) => Failure::Deadline,
            };
            // From 400 on the status alone tells what happened, whatever became of the body.
            return if answer.status >= 400 { Ok(answer) } else { Err(failure) };
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let connecting = error.is_connect();
        if connecting && error.is_timeout() {
            return Self::ConnectTimeout;
        }
        let phase = if error.is_dns() {
            NetworkPhase::Dns
        } else if connecting && causes(&error).any(is_tls) {
            NetworkPhase::Tls
        } else if connecting {
            NetworkPhase::Connect
        } else if causes(&error).any(is_broken_pipe) {
            NetworkPhase::Send
        } else {
            NetworkPhase::Read
        };
        Self::Network(phase, Box::new(error.without_url()))
    }
}

impl Failure {
    /// The error that a caller sees when this was the last word.
    pub(crate) fn into_error(
        self,
        config: &Config,
        deadline_scope: TimeoutScope,
        deadline: Duration,
    ) -> Error {
        match self {
            Self::Deadline => Error::timeout(deadline_scope, deadline).with_retryable(true),
            Self::ConnectTimeout => {
                Error::timeout(TimeoutScope::Connect, config.connect_timeout).with_retryable(true)
            }
            Self::Network(phase, source) => {
                let refused = causes(source.as_ref()).find_map(certificate_error).cloned();
                let error = Error::network(phase, source).with_retryable(refused.is_none());
                match refused {
                    Some(rustls::CertificateError::UnknownIssuer) => error.with_hint(UNKNOWN_ISSUER),
                    _ => error,
                }
            }
        }
    }
}

/// The error and its causes; an I/O error's inner error is one of them, though its `source` skips it.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| {
        let error = *error;
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| error.source())
    })
}

fn is_tls(cause: &(dyn StdError + 'static)) -> bool {
    // A peer that hangs up during the handshake leaves no error of rustls, but this one of its adapter.
    cause.is::<rustls::Error>() || cause.to_string() == "tls handshake eof"
}

fn is_broken_pipe(cause: &(dyn StdError + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
        || cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_body_write_aborted)
}

fn certificate_error<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a rustls::CertificateError> {
    match cause.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(error) => Some(error),
        _ => None,
    }
}
