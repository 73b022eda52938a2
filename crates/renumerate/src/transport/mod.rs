//! HTTP transport: sends one request over a pooled or a new connection.
//!
//! Only this module and `diagnostics` open connections. hyper speaks HTTP/1.1 on them. The pool, the choice of the
//! address and the life of a connection are the SDK's own, because no HTTP client has the settings that they need: see
//! ADR 0009.

mod connect;
mod dns;
mod failure;
mod pool;
mod settings;
mod stream;
mod tcp;
mod tunnel;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION, USER_AGENT,
};
use http::{Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};
use url::{Position, Url};

use crate::call::{SendFailure, SendOnce};
use crate::config::Config;
use crate::error::{Error, Name, NetworkPhase, Result, TimeoutScope};
use crate::protocol::{BODY_MAX_BYTES, KEY_HEADER, RawResponse};
use crate::retry::Deadline;
use crate::tls::TlsSettings;
use connect::Connector;
use failure::Failure;
pub(crate) use failure::network_error;
pub(crate) use pool::IDLE_CONNECTION;
use pool::{Connection, Pool};
pub use stream::Stream;
pub(crate) use tunnel::{ProxyResponse, TunnelError, open as open_tunnel};

const NOT_A_HEADER: &str = " is not valid in a header";

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// HTTP client with its connection pool. All threads and tasks of a client share it.
#[derive(Debug)]
pub(crate) struct Transport {
    connector: Connector,
    pool: Arc<Pool>,
    /// Headers of all requests.
    headers: HeaderMap,
    connect_timeout: Duration,
}

/// End of an attempt's wait, and the timeout that determines it.
#[derive(Clone, Copy, Debug)]
struct WaitLimit {
    ends: Instant,
    scope: TimeoutScope,
    limit: Duration,
}

impl Transport {
    /// Prepares the transport. Opens no connection and starts no thread.
    ///
    /// # Errors
    ///
    /// A configuration error if the key, the host or the proxy is unusable.
    pub(crate) fn new(config: &Config, tls: TlsSettings) -> Result<Self> {
        let header = |option, text: &str| {
            HeaderValue::from_str(text).map_err(|_| {
                Error::configuration(Name(option), Name(option) + NOT_A_HEADER, "check its characters")
            })
        };
        let mut key = header("private_key", config.key.expose())?;
        key.set_sensitive(true);
        let user_agent = header("app_info", &config.user_agent)?;
        let host = header("base_url", config.host())?;
        let connector = Connector::new(config, tls, user_agent.clone())?;
        let mut headers = HeaderMap::from_iter([
            (HOST, host),
            (USER_AGENT, user_agent),
            (ACCEPT, JSON),
            (CONTENT_TYPE, JSON),
            (HeaderName::from_static(KEY_HEADER), key),
        ]);
        if let Some(credentials) = connector.forwarding_proxy().and_then(|proxy| proxy.credentials.clone()) {
            headers.insert(PROXY_AUTHORIZATION, credentials);
        }
        Ok(Self { connector, pool: Arc::default(), headers, connect_timeout: config.connect_timeout })
    }

    /// Sends a request and reads its response.
    async fn send(
        &self,
        url: &Url,
        body: Bytes,
        limit: WaitLimit,
        new_connection: bool,
    ) -> std::result::Result<RawResponse, SendFailure> {
        loop {
            let pooled = if new_connection { None } else { self.pool.take() };
            let is_reused = pooled.is_some();
            let mut connection = match pooled {
                Some(connection) => connection,
                // In a box, because this future is large: calls must also work on small stacks.
                None => Box::pin(self.connect(limit)).await?,
            };
            let request = self.request(url, body.clone())?;
            let (failure, before_response) =
                match timeout_at(limit.ends, start(&mut connection, request)).await {
                    Ok(Ok(response)) => match read(response, limit.ends).await {
                        (raw, None) => {
                            if !raw.too_long {
                                self.pool.put(connection);
                            }
                            return Ok(raw);
                        }
                        // A status of 400 or above is an error, whatever the body says. So a truncated body is accepted.
                        (raw, Some(_)) if raw.status >= 400 => return Ok(raw),
                        (_, Some(failure)) => (failure, false),
                    },
                    // The peer closed the idle connection before the request was written, so nothing is lost.
                    Ok(Err(StartError { was_written: false, .. })) if is_reused => continue,
                    Ok(Err(StartError { error, was_written })) => {
                        let error = if was_written {
                            error
                        } else {
                            connection.failure(limit.ends).await.unwrap_or(error)
                        };
                        (Failure::of_request(error), true)
                    }
                    Err(_) => (Failure::Timeout(NetworkPhase::Read, None), true),
                };
            if is_reused {
                self.pool.clear();
            }
            let stale = is_reused && before_response && failure.is_closed();
            let (outcome, error) = failure.into_error(limit.scope, limit.limit);
            return Err(SendFailure { outcome, error, stale, is_reused });
        }
    }

    /// Opens a connection.
    async fn connect(&self, limit: WaitLimit) -> std::result::Result<Connection, SendFailure> {
        let ends = Instant::now() + self.connect_timeout;
        let limit = if ends < limit.ends {
            WaitLimit { ends, scope: TimeoutScope::Connect, limit: self.connect_timeout }
        } else {
            limit
        };
        self.connector.connect(limit.ends).await.map_err(|failure| {
            let (outcome, error) = failure.into_error(limit.scope, limit.limit);
            SendFailure { outcome, error, stale: false, is_reused: false }
        })
    }

    fn request(&self, url: &Url, body: Bytes) -> std::result::Result<Request<Full<Bytes>>, SendFailure> {
        let target = if self.connector.forwarding_proxy().is_some() {
            url.as_str()
        } else {
            &url[Position::BeforePath..]
        };
        let uri: Uri = target.parse().map_err(|_| SendFailure {
            outcome: crate::error::AttemptOutcome::Network(NetworkPhase::Send),
            error: Error::configuration(
                Name("base_url"),
                Name("base_url") + " is not valid in a request",
                "check it",
            ),
            stale: false,
            is_reused: false,
        })?;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        request.headers_mut().clone_from(&self.headers);
        Ok(request)
    }
}

/// Reason why a connection returned no response head.
struct StartError {
    error: hyper::Error,
    /// Whether a part of the request may have been written.
    was_written: bool,
}

/// Writes the request and reads the head of the response.
async fn start(
    connection: &mut Connection,
    request: Request<Full<Bytes>>,
) -> std::result::Result<Response<Incoming>, StartError> {
    let sender = &mut connection.sender;
    sender.ready().await.map_err(|error| StartError { error, was_written: false })?;
    sender.try_send_request(request).await.map_err(|mut failed| {
        let was_written = failed.take_message().is_none();
        StartError { error: failed.into_error(), was_written }
    })
}

/// Reads the body of a response by the deadline. The second value is the failure that ended the body too early.
async fn read(response: Response<Incoming>, ends: Instant) -> (RawResponse, Option<Failure>) {
    let (head, mut body) = response.into_parts();
    let status = head.status.as_u16();
    let mut raw = RawResponse { status, headers: head.headers, body: Vec::new(), too_long: false };
    loop {
        let frame = match timeout_at(ends, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(None) => return (raw, None),
            Ok(Some(Err(error))) => return (raw, Some(Failure::of_request(error))),
            Err(_) => return (raw, Some(Failure::Timeout(NetworkPhase::Read, None))),
        };
        let Ok(chunk) = frame.into_data() else { continue };
        let remaining = BODY_MAX_BYTES - raw.body.len();
        raw.body.extend_from_slice(chunk.get(..remaining).unwrap_or(&chunk));
        if chunk.len() > remaining {
            raw.too_long = true;
            return (raw, None);
        }
    }
}

impl SendOnce for Transport {
    async fn send_once(
        &self,
        url: &Url,
        body: Bytes,
        deadline: Deadline,
        new_connection: bool,
    ) -> std::result::Result<RawResponse, SendFailure> {
        let Deadline { after, scope, limit } = deadline;
        self.send(url, body, WaitLimit { ends: Instant::now() + after, scope, limit }, new_connection).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClientOptions;
    use crate::tls::ExtraRoots;

    /// Rules: X1
    #[test]
    fn transport_debug_output_hides_key_and_proxy_password() {
        let options = ClientOptions {
            private_key: Some("sk_live_planted".to_owned().into()),
            proxy: Some("http://user:planted@proxy.example".to_owned().into()),
            ..ClientOptions::default()
        };
        let config = Config::check(options, &|_| Ok(None)).unwrap();
        let transport = Transport::new(&config, TlsSettings::new(&ExtraRoots::default()).unwrap()).unwrap();
        let output = format!("{transport:?} {config:?}");
        assert!(output.contains("x-brand-key") && output.contains("proxy.example"), "{output}");
        assert!(!output.contains("planted"), "{output}");
    }
}
