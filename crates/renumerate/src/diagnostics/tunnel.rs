//! Tunnel through a proxy, with the proxy's response for the report.

use std::time::{Duration, Instant};

use hyper::header::HeaderValue;
use tokio::time::timeout;

use super::context::DiagnosticContext;
use super::handshake::HandshakeReport;
use super::route::{Proxy, ServiceRoute};
use crate::error::{NetworkPhase, Result};
use crate::redact::redact_secret;
use crate::transport::{ProxyResponse, Stream, TunnelError, network_error, open_tunnel};

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
        let (started, limit) = (Instant::now(), self.step_timeout());
        let user_agent =
            HeaderValue::from_str(&self.config.user_agent).unwrap_or(HeaderValue::from_static("renumerate"));
        let url = &self.config.base_url;
        let authority = format!("{}:{}", url.host_str().unwrap_or_default(), route.port);
        let opening = open_tunnel(stream, &authority, proxy.server.credentials.as_ref(), &user_agent);
        let (stream, response) = match timeout(limit.duration, opening).await {
            Ok(Ok((stream, response))) => (Ok(stream), Some(response)),
            Ok(Err(error)) => {
                let response = match &error {
                    TunnelError::Refused(response) => Some(response.as_ref().clone()),
                    TunnelError::Http(_) => None,
                };
                (Err(network_error(NetworkPhase::Connect, error.into())), response)
            }
            Err(_) => (Err(limit.into_error(NetworkPhase::Connect)), None),
        };
        let stream = stream.map_err(|error| self.explain_next_hop(error));
        let elapsed = started.elapsed();
        let secrets = proxy.secrets();
        TunnelReport {
            handshake,
            status_line: response.as_ref().map(|response| self.status_line(response, &secrets)),
            auth_schemes: response
                .iter()
                .flat_map(ProxyResponse::auth_schemes)
                .map(|scheme| self.redact_all(&scheme, &secrets))
                .collect(),
            stream,
            elapsed,
        }
    }

    fn status_line(&self, response: &ProxyResponse, secrets: &[String]) -> String {
        let line = format!("HTTP/1.1 {} {}", response.status.as_u16(), response.reason);
        self.redact_all(line.trim_end(), secrets)
    }

    /// Redacts the secrets too, because a proxy may send back the credentials that it received.
    fn redact_all(&self, text: &str, secrets: &[String]) -> String {
        secrets.iter().fold(self.redact(text), |text, secret| redact_secret(&text, secret))
    }
}
