//! A call from request to session: encode, attempt, decode. It knows no runtime; its drivers do.

use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

use hyper::body::Bytes;
use reqwest::Url;
use tracing::Instrument;

use crate::attempts::{Attempting, Deadline, Limits, Tried, attempt_all};
use crate::builder::CallOptions;
use crate::config::Config;
use crate::error::Result;
use crate::hints::hints;
use crate::model::{AttemptOutcome, Session, SessionKind, SessionRequest};
use crate::options::{check_limit, check_retries};
use crate::transport::Transport;
use crate::wire;

/// What all threads of a client share, whoever drives its calls.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: Config,
}

impl Core {
    pub(crate) fn new(config: Config) -> Self {
        Self { config }
    }

    /// What a client prints: neither sockets nor locks, and the key masked.
    pub(crate) fn show(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Config { base_url, key, .. } = &self.config;
        f.debug_struct(name)
            .field("base_url", &base_url.as_str())
            .field("private_key", key)
            .finish_non_exhaustive()
    }

    /// The one way of both calls.
    pub(crate) async fn create<R: SessionRequest>(
        &self,
        transport: &Transport,
        request: &R,
        options: &CallOptions,
    ) -> Result<Session<R::Kind>> {
        let endpoint = R::Kind::ENDPOINT;
        let span = tracing::debug_span!(target: "renumerate", "create_session", endpoint = endpoint.name);
        // Most of the time nobody listens, and then a span would only be in the way.
        if span.is_disabled() {
            self.send(transport, request, options).await
        } else {
            self.send(transport, request, options).instrument(span).await
        }
    }

    async fn send<R: SessionRequest>(
        &self,
        transport: &Transport,
        request: &R,
        options: &CallOptions,
    ) -> Result<Session<R::Kind>> {
        let (endpoint, config) = (R::Kind::ENDPOINT, &self.config);
        let (parameters, route) = (request.parameters(), config.routes.of(endpoint));
        let body = Bytes::from(wire::encode(endpoint, &parameters)?);
        let call = Call::<R::Kind> { config, transport, url: &route.url, body, kind: PhantomData };
        let limits = Limits {
            total: check_limit("timeout", options.timeout.unwrap_or(config.timeout))?,
            attempt: config.attempt_timeout,
            max_retries: check_retries("max_retries", options.max_retries.unwrap_or(config.max_retries))?,
        };
        match attempt_all(&call, limits, &self.config.budget).await {
            Ok((granted, attempts)) => {
                Ok(Session::new(granted.id, &route.widget, granted.request_id, attempts))
            }
            Err(error) => Err(hints(error, &parameters, &config.key)),
        }
    }
}

/// A call on one transport, ready to be sent.
struct Call<'a, K> {
    config: &'a Config,
    transport: &'a Transport,
    url: &'a Url,
    body: Bytes,
    kind: PhantomData<K>,
}

impl<K: SessionKind> Attempting for Call<'_, K> {
    type Granted = wire::Granted<K>;

    async fn attempt(&self, deadline: Deadline) -> Tried<Self::Granted> {
        match self.transport.exchange(self.url.clone(), self.body.clone(), deadline.at).await {
            Ok(answer) => Tried {
                outcome: AttemptOutcome::Status(answer.status),
                result: wire::decode::<K>(&answer, &self.config.key, SystemTime::now),
                stale: false,
            },
            Err(failure) => Tried {
                outcome: failure.outcome(deadline.scope),
                stale: failure.is_stale(),
                result: Err(failure.into_error(self.config, deadline)),
            },
        }
    }
}
