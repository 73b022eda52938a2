//! Makes one call in the same way as the client, and interprets the response.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::Instant;

use super::clock::ClockComparison;
use super::context::DiagnosticContext;
use crate::call::SendOnce;
use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{NamedValue, RETENTION, RetentionSessionRequest};
use crate::protocol::{self, RawResponse, explain};
use crate::retry::Limits;
use crate::tls::{ExtraRoots, TlsSettings};
use crate::transport::Transport;

/// Report on one call.
#[derive(Debug)]
pub struct CallReport {
    /// HTTP status of the response, if one was received.
    pub status: Option<u16>,
    /// Request id assigned by the service.
    pub request_id: Option<String>,
    /// Outcome of the call.
    pub outcome: CallOutcome,
    /// Comparison with the service's clock, if the response has a `Date`.
    pub clock: Option<ClockComparison>,
    /// Duration of the call.
    pub elapsed: Duration,
}

/// Outcome of a diagnostic call.
#[derive(Debug)]
pub enum CallOutcome {
    /// A session was created for the given customer.
    Minted,
    /// A session was created although the request named no customer. The service never does this, so the server is
    /// probably a stub.
    MintedWithoutCustomer,
    /// The service accepted the key: it rejected the request only because the request names no customer, as expected.
    /// The service does check keys: when the same request was sent with a made-up key, the service rejected that key.
    KeyAccepted {
        /// HTTP status of the response to the made-up key: 401 or 403.
        made_up_status: u16,
    },
    /// It is unknown whether the service accepts the key. The service rejected the request because the customer is
    /// missing. The same request with a made-up key did not get the status 401 or 403, possibly because the service
    /// checks the customer before the key.
    Inconclusive {
        /// The service's error message.
        message: String,
    },
    /// The call failed.
    Failed(Error),
}

/// The result of one attempt, with its duration.
struct TimedResponse {
    response: Result<RawResponse>,
    elapsed: Duration,
}

impl DiagnosticContext {
    /// Makes one call with `request`. If `request` is `None`, the call names no customer. The service must reject such
    /// a call, so no session is created.
    pub async fn call(&self, request: Option<&RetentionSessionRequest>) -> CallReport {
        let parameters = request.map(|request| request.parameters().pairs());
        let parameters = parameters.as_ref().map_or(&[][..], |parameters| parameters.as_slice());
        let TimedResponse { response, elapsed } =
            send_timed(&self.config, &self.extra_roots, parameters).await;
        let response = match response {
            Ok(response) => response,
            Err(error) => {
                let outcome = CallOutcome::Failed(explain(error, parameters, &self.config));
                return CallReport { status: None, request_id: None, outcome, clock: None, elapsed };
            }
        };
        let key = &self.config.key;
        let outcome = match protocol::decode(RETENTION, &response, key, SystemTime::now) {
            Ok(_) if request.is_some() => CallOutcome::Minted,
            Ok(_) => CallOutcome::MintedWithoutCustomer,
            Err(error) if request.is_none() && error.kind() == ErrorKind::BadRequest => {
                self.compare_with_made_up_key(&error).await
            }
            Err(error) => CallOutcome::Failed(explain(error, parameters, &self.config)),
        };
        CallReport {
            status: Some(response.status),
            request_id: response.request_id(key),
            outcome,
            clock: ClockComparison::from_headers(&response.headers, elapsed),
            elapsed,
        }
    }

    /// Repeats the rejected request with a made-up key, and compares the response with `rejection`, the error that the
    /// real key got. The comparison is necessary because the vendor does not document whether the service checks the
    /// key or the parameters first. So `rejection` alone does not prove that the service accepted the real key.
    async fn compare_with_made_up_key(&self, rejection: &Error) -> CallOutcome {
        let inconclusive = || CallOutcome::Inconclusive { message: rejection.message().to_owned() };
        let Ok(config) = self.with_made_up_key() else { return inconclusive() };
        match send_timed(&config, &self.extra_roots, &[]).await.response {
            Ok(response) if matches!(response.status, 401 | 403) => {
                CallOutcome::KeyAccepted { made_up_status: response.status }
            }
            _ => inconclusive(),
        }
    }
}

/// Sends one request on a new connection and measures its duration.
async fn send_timed(
    config: &Config,
    extra_roots: &ExtraRoots,
    parameters: &[NamedValue<'_>],
) -> TimedResponse {
    let started = Instant::now();
    let response = send(config, extra_roots, parameters).await;
    TimedResponse { response, elapsed: started.elapsed() }
}

async fn send(
    config: &Config,
    extra_roots: &ExtraRoots,
    parameters: &[NamedValue<'_>],
) -> Result<RawResponse> {
    let limits = Limits { total: config.timeout, attempt: config.attempt_timeout, max_retries: 0 };
    let transport = Transport::new(config, TlsSettings::new(extra_roots)?)?;
    let body = Bytes::from(protocol::encode(RETENTION, parameters)?);
    let url = &config.endpoints.of(RETENTION).url;
    let sent = transport.send_once(url, body, limits.deadline(Duration::ZERO), true).await;
    sent.map_err(|failure| failure.error)
}
