//! Tunnel through an HTTP proxy.

use std::fmt;

use bytes::Bytes;
use http::header::{HOST, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, USER_AGENT};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::Empty;
use hyper::ext::ReasonPhrase;
use hyper_util::rt::TokioIo;

use super::settings::http1;
use super::stream::Stream;

/// A proxy's response to the request for a tunnel.
#[derive(Clone)]
pub(crate) struct ProxyResponse {
    pub(crate) status: StatusCode,
    /// Text after the status in the status line.
    pub(crate) reason: String,
    pub(crate) headers: HeaderMap,
    /// Whether the request contained credentials.
    pub(crate) had_credentials: bool,
}

impl ProxyResponse {
    /// Iterates over the authentication schemes in the `Proxy-Authenticate` headers.
    pub(crate) fn auth_schemes(&self) -> impl Iterator<Item = String> {
        let challenges = self.headers.get_all(PROXY_AUTHENTICATE).into_iter();
        challenges.filter_map(|value| {
            let value = String::from_utf8_lossy(value.as_bytes());
            value.split_whitespace().next().map(str::to_owned)
        })
    }
}

impl fmt::Debug for ProxyResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Write only the status, because a proxy may send back the credentials that it received.
        f.debug_struct("ProxyResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Reason why a proxy did not open a tunnel.
#[derive(Debug)]
pub(crate) enum TunnelError {
    /// The proxy answered with a status other than 2xx.
    Refused(Box<ProxyResponse>),
    /// The connection to the proxy failed, or the proxy does not speak HTTP.
    Http(hyper::Error),
}

impl fmt::Display for TunnelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(response) => write!(f, "the proxy answered {}", response.status.as_u16()),
            Self::Http(_) => f.write_str("the proxy opened no tunnel"),
        }
    }
}

impl std::error::Error for TunnelError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(_) => None,
            Self::Http(error) => Some(error),
        }
    }
}

impl From<hyper::Error> for TunnelError {
    fn from(error: hyper::Error) -> Self {
        Self::Http(error)
    }
}

/// Asks the proxy at the other end of `stream` for a tunnel to `authority`, which is a host and a port. Returns the
/// stream through the tunnel, with the proxy's response.
///
/// # Errors
///
/// [`TunnelError`] if the proxy opens no tunnel.
pub(crate) async fn open(
    stream: Stream,
    authority: &str,
    credentials: Option<&HeaderValue>,
    user_agent: &HeaderValue,
) -> Result<(Stream, ProxyResponse), TunnelError> {
    let (mut sender, connection) = http1().handshake(TokioIo::new(stream)).await?;
    // The task ends with the connection: when `sender` is dropped without a tunnel, or when the tunnel is closed.
    tokio::spawn(connection.with_upgrades());
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.method_mut() = Method::CONNECT;
    // Both were checked when the client was built, so neither conversion fails.
    *request.uri_mut() = authority.parse().unwrap_or_default();
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::from_str(authority).unwrap_or(HeaderValue::from_static("")));
    headers.insert(USER_AGENT, user_agent.clone());
    if let Some(credentials) = credentials {
        headers.insert(PROXY_AUTHORIZATION, credentials.clone());
    }
    let mut response = sender.send_request(request).await?;
    let proxy_response = ProxyResponse {
        status: response.status(),
        reason: reason_phrase(&response),
        headers: std::mem::take(response.headers_mut()),
        had_credentials: credentials.is_some(),
    };
    if !proxy_response.status.is_success() {
        return Err(TunnelError::Refused(Box::new(proxy_response)));
    }
    let upgraded = hyper::upgrade::on(response).await?;
    Ok((Stream::new(TokioIo::new(upgraded)), proxy_response))
}

fn reason_phrase<B>(response: &http::Response<B>) -> String {
    match response.extensions().get::<ReasonPhrase>() {
        Some(reason) => String::from_utf8_lossy(reason.as_bytes()).into_owned(),
        None => response.status().canonical_reason().unwrap_or_default().to_owned(),
    }
}
