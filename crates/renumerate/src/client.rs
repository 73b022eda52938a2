//! The client, and the one way of a call: encode, send under a deadline, decode.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::runtime::Handle;
use tokio::time::Instant;
use tracing::Instrument;

use crate::builder::{CallOptions, ClientBuilder};
use crate::config::Config;
use crate::error::{Error, Result, TimeoutScope};
use crate::model::{
    Attempt, AttemptOutcome, RetentionSession, RetentionSessionRequest, Session, SessionKind, SessionRequest,
    SubscriptionSession, SubscriptionSessionRequest,
};
use crate::transport::{Failure, Transport};
use crate::wire;

/// Mints sessions. Make one for a process and share it: clones are cheap and use the same connections.
///
/// Making a client opens no connection and starts no thread; calls run on the tokio runtime that they are made on.
/// A call that is dropped closes its connection.
///
/// The vendor's page on the two calls: <https://docs.renumerate.com/reference/api>.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    config: Config,
    transport: Transport,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.config.base_url.as_str())
            .field("private_key", &self.0.config.key)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client with this key, and defaults (or the variables that stand in for them) otherwise.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration): see [`ClientBuilder::build`].
    pub fn new(private_key: impl Into<String>) -> Result<Self> {
        Self::builder().private_key(private_key).build()
    }

    /// A client from the variables alone: `RENUMERATE_PRIVATE_KEY`, and where they are set `RENUMERATE_BASE_URL`,
    /// `RENUMERATE_CA_BUNDLE`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration): see [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// Starts a client with settings of your own.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    pub(crate) fn from_config(config: Config) -> Result<Self> {
        let transport = Transport::new(&config)?;
        Ok(Self(Arc::new(Inner { config, transport })))
    }

    /// Mints a retention session, which opens the cancel flow: `POST /v1/retention/session`.
    ///
    /// Mint it when the customer clicks, for the customer that your backend has signed in, and do not cache it.
    ///
    /// # Errors
    ///
    /// Those of [`ErrorKind`](crate::ErrorKind) but `Validation`: the request is valid by its making.
    pub async fn create_retention_session(
        &self,
        request: &RetentionSessionRequest,
    ) -> Result<RetentionSession> {
        self.create(request, &CallOptions::default()).await
    }

    /// [`create_retention_session`](Self::create_retention_session) with options for this call.
    ///
    /// # Errors
    ///
    /// As [`create_retention_session`](Self::create_retention_session).
    pub async fn create_retention_session_with(
        &self,
        request: &RetentionSessionRequest,
        options: &CallOptions,
    ) -> Result<RetentionSession> {
        self.create(request, options).await
    }

    /// Mints a subscription session, which opens the `SubscriptionHub` widget: `POST /v1/subscription/session`.
    ///
    /// ```
    /// use renumerate::{Client, Customer, SubscriptionSessionRequest};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = renumerate_sandbox::Sandbox::start().await?;
    /// # let client = Client::builder().private_key("sk_sandbox_local").base_url(sandbox.url()).build()?;
    /// let request = SubscriptionSessionRequest::new(Customer::by_email("john.doe@example.com")?);
    /// let session = client.create_subscription_session(&request).await?;
    /// assert!(session.id().as_str().starts_with("sub_"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`create_retention_session`](Self::create_retention_session).
    pub async fn create_subscription_session(
        &self,
        request: &SubscriptionSessionRequest,
    ) -> Result<SubscriptionSession> {
        self.create(request, &CallOptions::default()).await
    }

    /// [`create_subscription_session`](Self::create_subscription_session) with options for this call.
    ///
    /// # Errors
    ///
    /// As [`create_retention_session`](Self::create_retention_session).
    pub async fn create_subscription_session_with(
        &self,
        request: &SubscriptionSessionRequest,
        options: &CallOptions,
    ) -> Result<SubscriptionSession> {
        self.create(request, options).await
    }

    /// The one way of both calls.
    async fn create<R: SessionRequest>(
        &self,
        request: &R,
        options: &CallOptions,
    ) -> Result<Session<R::Kind>> {
        // Without a runtime the first socket would panic.
        if Handle::try_current().is_err() {
            return Err(Error::configuration(
                "runtime",
                "there is no tokio runtime here: await the call on one",
            ));
        }
        let endpoint = R::Kind::ENDPOINT;
        let body = wire::encode(endpoint, &request.parameters());
        let span = tracing::debug_span!(target: "renumerate", "create_session", endpoint = endpoint.name);
        self.send::<R::Kind>(body, options).instrument(span).await
    }

    async fn send<K: SessionKind>(&self, body: String, options: &CallOptions) -> Result<Session<K>> {
        let Inner { config, transport } = &*self.0;
        let total = options.timeout.unwrap_or(config.timeout);
        let (limit, scope) = if config.attempt_timeout < total {
            (config.attempt_timeout, TimeoutScope::Attempt)
        } else {
            (total, TimeoutScope::Total)
        };
        let started = Instant::now();
        let exchanged = transport.exchange(config.url_of(K::ENDPOINT), body, started + limit).await;
        let outcome = match &exchanged {
            Ok(answer) => AttemptOutcome::Status(answer.status),
            Err(Failure::Network(phase, _)) => AttemptOutcome::Network(*phase),
            Err(Failure::ConnectTimeout) => AttemptOutcome::Timeout(TimeoutScope::Connect),
            Err(Failure::Deadline) => AttemptOutcome::Timeout(scope),
        };
        let attempt = Attempt::new(outcome, started.elapsed());
        log(&attempt);
        let attempts = vec![attempt];
        match exchanged {
            Ok(answer) => match wire::decode::<K>(&answer, &config.key, SystemTime::now()) {
                Ok(granted) => {
                    let widget = config.widget_of(K::ENDPOINT);
                    Ok(Session::new(granted.id, &widget, granted.request_id, attempts))
                }
                Err(error) => Err(error.with_attempts(attempts)),
            },
            Err(failure) => Err(failure.into_error(config, scope, limit).with_attempts(attempts)),
        }
    }
}

/// What a log may say of an attempt: never the key, an id, an e-mail or a server's text.
fn log(attempt: &Attempt) {
    let elapsed_ms = u64::try_from(attempt.elapsed().as_millis()).unwrap_or(u64::MAX);
    match attempt.outcome() {
        AttemptOutcome::Status(status) => {
            tracing::debug!(target: "renumerate", status, elapsed_ms, "answered");
        }
        AttemptOutcome::Network(phase) => {
            tracing::debug!(target: "renumerate", phase = phase.as_str(), elapsed_ms, "the network failed");
        }
        AttemptOutcome::Timeout(scope) => {
            tracing::debug!(target: "renumerate", limit = scope.as_str(), elapsed_ms, "timed out");
        }
    }
}
