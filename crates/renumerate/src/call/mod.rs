//! A call from request to session: encode, attempt, decode.
//!
//! It needs no runtime and no HTTP library. Both come from outside as [`SendOnce`] and [`Clock`].

mod attempts;

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tracing::Instrument;
use url::Url;

use crate::config::{CallOptions, Config, check_retries, check_timeout};
use crate::error::{AttemptOutcome, Error, Result};
use crate::model::{Session, SessionKind, SessionRequest};
use crate::protocol::{self, RawResponse, hints};
use crate::retry::{Deadline, Limits};
use attempts::{AttemptResult, run_with_retries};

/// Sends a request to the service, once.
pub(crate) trait SendOnce: Sync {
    /// Posts the body and reads the response. Ends by the deadline.
    fn send_once(
        &self,
        url: &Url,
        body: Bytes,
        deadline: Deadline,
    ) -> impl Future<Output = std::result::Result<RawResponse, SendFailure>> + Send;
}

/// A request without a usable response.
#[derive(Debug)]
pub(crate) struct SendFailure {
    pub(crate) outcome: AttemptOutcome,
    /// The caller's error if this attempt is the last one.
    pub(crate) error: Error,
    /// A reused connection was closed before a response: the server had probably closed it earlier.
    pub(crate) stale: bool,
}

/// Time, as a call sees it.
pub(crate) trait Clock {
    /// The time since a fixed moment. It never goes back.
    fn now(&self) -> Duration;

    /// Waits.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// The time of day, to read dates in response headers.
    fn system_time(&self) -> SystemTime;
}

/// The state that all clones of a client share.
#[derive(Debug)]
pub(crate) struct ClientInner {
    pub(crate) config: Config,
}

impl ClientInner {
    pub(crate) fn new(config: Config) -> Self {
        Self { config }
    }

    /// Prints a client without its connections and locks, and with the key masked.
    pub(crate) fn fmt_debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Config { base_url, key, .. } = &self.config;
        f.debug_struct(name)
            .field("base_url", &base_url.as_str())
            .field("private_key", key)
            .finish_non_exhaustive()
    }

    /// Creates a session of either kind.
    pub(crate) async fn create<R: SessionRequest>(
        &self,
        sender: &impl SendOnce,
        clock: &(impl Clock + Sync),
        request: &R,
        options: &CallOptions,
    ) -> Result<Session<R::Kind>> {
        let endpoint = R::Kind::ENDPOINT;
        let span = tracing::debug_span!(target: "renumerate", "create_session", endpoint = endpoint.name);
        let call = self.send(sender, clock, request, options);
        // Without a subscriber, entering a span at each poll would only cost time.
        if span.is_disabled() { call.await } else { call.instrument(span).await }
    }

    async fn send<R: SessionRequest>(
        &self,
        sender: &impl SendOnce,
        clock: &(impl Clock + Sync),
        request: &R,
        options: &CallOptions,
    ) -> Result<Session<R::Kind>> {
        let (endpoint, config) = (R::Kind::ENDPOINT, &self.config);
        let (parameters, resolved) = (request.parameters(), config.endpoints.of(endpoint));
        let body = Bytes::from(protocol::encode(endpoint, &parameters)?);
        let limits = Limits {
            total: check_timeout("timeout", options.timeout.unwrap_or(config.timeout))?,
            attempt: config.attempt_timeout,
            max_retries: check_retries("max_retries", options.max_retries.unwrap_or(config.max_retries))?,
        };
        let send_once = |deadline| {
            let sending = sender.send_once(&resolved.url, body.clone(), deadline);
            async move {
                match sending.await {
                    Ok(response) => AttemptResult {
                        outcome: AttemptOutcome::Status(response.status),
                        result: protocol::decode::<R::Kind>(&response, &config.key, || clock.system_time()),
                        stale: false,
                    },
                    Err(SendFailure { outcome, error, stale }) => {
                        AttemptResult { outcome, result: Err(error), stale }
                    }
                }
            }
        };
        match run_with_retries(send_once, clock, limits, &config.token_bucket).await {
            Ok((granted, attempts)) => {
                Ok(Session::new(granted.id, &resolved.widget, granted.request_id, attempts))
            }
            Err(error) => Err(hints(error, &parameters, &config.key)),
        }
    }
}
