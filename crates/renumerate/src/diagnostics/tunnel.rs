//! The way through a proxy: the HTTP library's own tunnel, on a connection that takes down what the proxy answers.

use std::future::{Ready, ready};
use std::io;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::Uri;
use hyper::header::{HeaderMap, HeaderValue, USER_AGENT};
use hyper_util::client::legacy::connect::proxy::Tunnel as Tunnelling;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tower_service::Service;

use super::handshake::Handshake;
use super::route::{Proxy, Route};
use super::setup::DiagnosticContext;
use super::stream::{Noted, Notes, Stream};
use crate::error::{NetworkPhase, Result};
use crate::redact::redact_secret;
use crate::transport::network_error;

/// What became of the way through a proxy.
#[derive(Debug)]
pub struct Tunnel {
    /// The handshake with the proxy itself, where it is spoken to over TLS.
    pub handshake: Option<Handshake>,
    /// The first line of its answer.
    pub answer: Option<String>,
    /// How it wants its users to authenticate: `Basic`, `Negotiate`.
    pub wants: Vec<String>,
    /// The way to the service.
    pub stream: Result<Stream>,
    /// How long it took, without the proxy's own handshake.
    pub elapsed: Duration,
}

impl DiagnosticContext {
    /// Asks the proxy for a way to the service, as the client does.
    pub async fn open_tunnel(&self, route: &Route, proxy: &Proxy, stream: Stream) -> Tunnel {
        let (handshake, stream) = if proxy.tls {
            let (handshake, stream) = self.shake_hands_with_proxy(&proxy.host, stream).await;
            (Some(handshake), stream)
        } else {
            (None, Ok(stream))
        };
        let stream = match stream {
            Ok(stream) => stream,
            Err(error) => {
                let nothing = Vec::new();
                return Tunnel {
                    handshake,
                    answer: None,
                    wants: nothing,
                    stream: Err(error),
                    elapsed: Duration::ZERO,
                };
            }
        };
        let (started, limit, notes) = (Instant::now(), self.step(), Notes::default());
        let ready = Once(Some(TokioIo::new(Noted { stream, notes: notes.clone() })));
        let mut tunnel = Tunnelling::new(proxy.intercept.uri().clone(), ready);
        if let Some(credentials) = proxy.intercept.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        if let Ok(agent) = HeaderValue::from_str(&self.config.user_agent) {
            tunnel = tunnel.with_headers(HeaderMap::from_iter([(USER_AGENT, agent)]));
        }
        let stream = match timeout(limit.time, tunnel.call(route.uri.clone())).await {
            Ok(Ok(through)) => Ok(Stream::new(through.into_inner())),
            Ok(Err(error)) => Err(network_error(NetworkPhase::Connect, Box::new(error))),
            Err(_) => Err(limit.passed()),
        };
        let elapsed = started.elapsed();
        let head = self.scrubbed_lines(&notes.text(), &proxy.secrets());
        Tunnel { handshake, answer: head.first().cloned(), wants: wanted(&head), stream, elapsed }
    }

    /// The lines of an answer's head, fit to be shown: a proxy may say again what it was sent.
    fn scrubbed_lines(&self, text: &str, secrets: &[String]) -> Vec<String> {
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        let scrubbed =
            |line| secrets.iter().fold(self.scrubbed(line), |line, secret| redact_secret(&line, secret));
        head.lines().map(scrubbed).filter(|line| !line.is_empty()).collect()
    }
}

/// The schemes of authentication that the head names.
fn wanted(head: &[String]) -> Vec<String> {
    let challenges = head.iter().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("proxy-authenticate").then(|| value.split_whitespace().next())?
    });
    challenges.map(str::to_owned).collect()
}

/// A connector that hands out the connection that is there.
struct Once(Option<TokioIo<Noted>>);

impl Service<Uri> for Once {
    type Response = TokioIo<Noted>;
    type Error = io::Error;
    type Future = Ready<io::Result<TokioIo<Noted>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(self.0.take().ok_or_else(|| io::Error::other("the connection is taken")))
    }
}
