//! The steps of a call: encode the request, send it with retries, and decode the response to a session.
//!
//! The module depends on neither a runtime nor an HTTP library. Its callers implement [`SendOnce`] and [`Clock`].

mod attempts;
mod clock;

use std::fmt;

use bytes::Bytes;
use url::Url;

use crate::config::{CallOptions, Config, RETRIES, check_range, check_timeout};
use crate::error::{AttemptOutcome, Error, Result};
use crate::model::{AnySession, Endpoint, Parameters};
use crate::protocol::{self, RawResponse, explain};
use crate::retry::{Deadline, Limits};
use attempts::{AttemptResult, run_with_retries};
pub(crate) use clock::Clock;

/// Sends a request to the service once, without retries.
pub(crate) trait SendOnce: Sync {
    /// Posts the body and reads the response. Completes by the deadline. If `new_connection` is set, opens a connection
    /// instead of reusing one.
    ///
    /// # Errors
    ///
    /// [`SendFailure`] if no usable response arrives by the deadline.
    fn send_once(
        &self,
        url: &Url,
        body: Bytes,
        deadline: Deadline,
        new_connection: bool,
    ) -> impl Future<Output = std::result::Result<RawResponse, SendFailure>> + Send;
}

/// Failure of a request that received no usable response.
#[derive(Debug)]
pub(crate) struct SendFailure {
    pub(crate) outcome: AttemptOutcome,
    /// Error that the call returns if this attempt is the last one.
    pub(crate) error: Error,
    /// Whether a reused connection was closed before a response arrived. If so, the server had probably closed it while
    /// it was idle.
    pub(crate) stale: bool,
    /// Whether the attempt used a connection that an earlier request had opened.
    pub(crate) is_reused: bool,
}

/// Checked settings that all clones of a client share.
#[derive(Debug)]
pub(crate) struct ClientInner {
    pub(crate) config: Config,
}

impl ClientInner {
    pub(crate) fn new(config: Config) -> Self {
        Self { config }
    }

    /// Writes the `Debug` output of a client. Omits connections and locks, and masks the key.
    pub(crate) fn fmt_debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Config { base_url, key, .. } = &self.config;
        f.debug_struct(name)
            .field("base_url", &base_url.as_str())
            .field("private_key", key)
            .finish_non_exhaustive()
    }

    /// Returns the limits of a call with these options.
    ///
    /// # Errors
    ///
    /// A configuration error if an option is out of range.
    pub(crate) fn limits(&self, options: &CallOptions) -> Result<Limits> {
        let config = &self.config;
        Ok(Limits {
            total: check_timeout("timeout", options.timeout.unwrap_or(config.timeout))?,
            attempt: config.attempt_timeout,
            max_retries: check_range(
                "max_retries",
                options.max_retries.unwrap_or(config.max_retries),
                &RETRIES,
            )?,
        })
    }

    /// Creates a session at an endpoint. The total timeout begins with the clock.
    ///
    /// # Errors
    ///
    /// The error of the last attempt, or a configuration error if the sandbox's key would be sent to the service.
    pub(crate) async fn create(
        &self,
        sender: &impl SendOnce,
        clock: &(impl Clock + Sync),
        endpoint: &'static Endpoint,
        parameters: &Parameters,
        limits: Limits,
    ) -> Result<AnySession> {
        let config = &self.config;
        config.check_recipient()?;
        let (parameters, resolved) = (parameters.pairs(), config.endpoints.of(endpoint));
        let body = Bytes::from(protocol::encode(endpoint, &parameters)?);
        let body = &body;
        let send_once = |deadline, new_connection| async move {
            match sender.send_once(&resolved.url, body.clone(), deadline, new_connection).await {
                Ok(response) => AttemptResult {
                    outcome: AttemptOutcome::Status(response.status),
                    result: protocol::decode(endpoint, &response, &config.key, || clock.system_time()),
                    stale: false,
                    failed_on_reused: false,
                },
                Err(SendFailure { outcome, error, stale, is_reused }) => {
                    AttemptResult { outcome, result: Err(error), stale, failed_on_reused: is_reused }
                }
            }
        };
        match run_with_retries(send_once, clock, limits, &config.token_bucket).await {
            Ok((decoded, attempts)) => {
                Ok(AnySession::new(decoded.id, &resolved.widget, decoded.request_id, attempts))
            }
            Err(error) => Err(explain(error, &parameters, config)),
        }
    }
}
