//! Tunnel through a proxy, opened by the HTTP library. The proxy's response is recorded for the report.

use std::future::{Ready, ready};
use std::io;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::Uri;
use hyper::header::{HeaderMap, HeaderValue, USER_AGENT};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tower_service::Service;

use super::context::DiagnosticContext;
use super::handshake::HandshakeReport;
use super::route::{Proxy, ServiceRoute};
use super::stream::{RecordingStream, Stream, Transcript};
use crate::error::{NetworkPhase, Result};
use crate::redact::redact_secret;
use crate::transport::network_error;

/// Report on a tunnel through a proxy.
#[derive(Debug)]
pub struct TunnelReport {
    /// TLS handshake with the proxy itself, if its URL is `https://`.
    pub handshake: Option<HandshakeReport>,
    /// Status line of the proxy's response.
    pub status_line: Option<String>,
    /// Authentication schemes that the proxy accepts, such as `Basic` or `Negotiate`.
    pub auth_schemes: Vec<String>,
    /// Stream to the service through the tunnel.
    pub stream: Result<Stream>,
    /// Time to open the tunnel, without the TLS handshake with the proxy.
    pub elapsed: Duration,
}

impl DiagnosticContext {
    /// Opens a tunnel to the service with `CONNECT`, as the client does.
    pub async fn open_tunnel(&self, route: &ServiceRoute, proxy: &Proxy, stream: Stream) -> TunnelReport {
        let (handshake, stream) = if proxy.tls {
            let (handshake, stream) = self.proxy_tls_handshake(&proxy.host, stream).await;
            (Some(handshake), stream)
        } else {
            (None, Ok(stream))
        };
        let stream = match stream {
            Ok(stream) => stream,
            Err(error) => {
                return TunnelReport {
                    handshake,
                    status_line: None,
                    auth_schemes: Vec::new(),
                    stream: Err(error),
                    elapsed: Duration::ZERO,
                };
            }
        };
        let (started, limit, transcript) = (Instant::now(), self.step_timeout(), Transcript::default());
        let stream = RecordingStream { stream, transcript: transcript.clone() };
        let connector = ExistingConnection(Some(TokioIo::new(stream)));
        let mut tunnel = Tunnel::new(proxy.intercept.uri().clone(), connector);
        if let Some(credentials) = proxy.intercept.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        if let Ok(agent) = HeaderValue::from_str(&self.config.user_agent) {
            tunnel = tunnel.with_headers(HeaderMap::from_iter([(USER_AGENT, agent)]));
        }
        let stream = match timeout(limit.duration, tunnel.call(route.uri.clone())).await {
            Ok(Ok(stream)) => Ok(Stream::new(stream.into_inner())),
            Ok(Err(error)) => Err(network_error(NetworkPhase::Connect, Box::new(error))),
            Err(_) => Err(limit.into_error()),
        };
        let elapsed = started.elapsed();
        let head = self.redacted_head(&transcript.text(), &proxy.secrets());
        TunnelReport {
            handshake,
            status_line: head.first().cloned(),
            auth_schemes: auth_schemes(&head),
            stream,
            elapsed,
        }
    }

    /// Returns the lines of a response head with secrets redacted, because a proxy may echo the credentials that it
    /// received.
    fn redacted_head(&self, text: &str, secrets: &[String]) -> Vec<String> {
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        let redacted =
            |line| secrets.iter().fold(self.redact(line), |line, secret| redact_secret(&line, secret));
        head.lines().map(redacted).filter(|line| !line.is_empty()).collect()
    }
}

/// Returns the authentication schemes in the `Proxy-Authenticate` headers.
fn auth_schemes(head: &[String]) -> Vec<String> {
    let challenges = head.iter().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("proxy-authenticate").then(|| value.split_whitespace().next())?
    });
    challenges.map(str::to_owned).collect()
}

/// Connector that returns an existing connection. It can do so only once.
struct ExistingConnection(Option<TokioIo<RecordingStream>>);

impl Service<Uri> for ExistingConnection {
    type Response = TokioIo<RecordingStream>;
    type Error = io::Error;
    type Future = Ready<io::Result<TokioIo<RecordingStream>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(self.0.take().ok_or_else(|| io::Error::other("the connection is taken")))
    }
}
