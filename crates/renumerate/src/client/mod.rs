//! Async client. Its calls run on the tokio runtime of the task that awaits them.

mod builder;
mod lazy;

use std::fmt;
use std::sync::Arc;

use tokio::runtime::{Handle, RuntimeFlavor};

pub use builder::ClientBuilder;
pub(crate) use lazy::{FromConfig, LazyClient};
#[cfg(feature = "__doctor")]
pub(crate) use lazy::{PLACEHOLDER_KEY, check_options, read_variable};

use crate::call::ClientInner;
use crate::config::{CallOptions, ClientOptions, Config};
use crate::error::{Error, Result};
use crate::handshake::HandshakeToken;
use crate::log::log_failed_token;
use crate::model::{
    AnySession, CustomerId, Endpoint, Parameters, RetentionSession, RetentionSessionRequest, Session,
    SessionKind, SessionRequest, SubscriptionSession, SubscriptionSessionRequest,
};
use crate::protocol::explain;
use crate::runtime::{LastPolled, PerProcess, TokioClock, poll_io_driver};
use crate::slots::CallSlots;
use crate::tls::{ExtraRoots, TlsSettings};
use crate::transport::Transport;

/// Async client that creates sessions. Create one client and share it: clones are cheap and use the same connections.
///
/// Building a client opens no connection and starts no thread. Calls run on the tokio runtime of the task that awaits
/// them. Dropping the future of a call closes its connection.
///
/// A client can be used on several tokio runtimes, for example in a `static` of a program with a runtime per test. Each
/// runtime has its own connections, because a connection works only while the runtime that opened it is running.
///
/// The vendor documents the endpoints: <https://docs.renumerate.com/reference/api>.
///
/// # Panics
///
/// A call panics on a tokio runtime without the I/O or the time driver; `#[tokio::main]` and `enable_all` enable both.
/// Outside a tokio runtime, a call returns an error and does not panic.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<LazyClient<AsyncInner>>);

/// State that all clones of an async client share.
pub(crate) struct AsyncInner {
    inner: ClientInner,
    extra_roots: ExtraRoots,
    process_state: PerProcess<ProcessState>,
}

impl FromConfig for AsyncInner {
    fn from_config(config: Config) -> Result<Self> {
        let extra_roots = ExtraRoots::load(&config)?;
        let process_state = PerProcess::new(ProcessState::new(&config, &extra_roots)?);
        Ok(Self { inner: ClientInner::new(config), extra_roots, process_state })
    }

    fn inner(&self) -> &ClientInner {
        &self.inner
    }

    fn process_state(&self) -> Result<&ProcessState> {
        self.process_state.get(|| ProcessState::new(&self.inner.config, &self.extra_roots))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_debug("Client", f)
    }
}

impl Client {
    /// Builds a client with this private key. The other options have their defaults, some of which come from
    /// environment variables: see [`ClientBuilder`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration): see [`ClientBuilder::build`].
    pub fn new(private_key: impl Into<String>) -> Result<Self> {
        Self::builder().private_key(private_key).build()
    }

    /// Builds a client from environment variables: `RENUMERATE_PRIVATE_KEY`, which is required, and optionally
    /// `RENUMERATE_BASE_URL` and `RENUMERATE_CA_BUNDLE`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration): see [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// Returns a builder, in which every option has its default.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new(ClientOptions::default())
    }

    /// Returns the base URL of the service, or `None` if the client is not built yet because it has no key.
    #[doc(hidden)]
    pub fn base_url(&self) -> Option<&str> {
        self.0.base_url()
    }

    /// Creates a retention session, which opens the cancel flow: `POST /v1/retention/session`.
    ///
    /// Create the session when the customer clicks to cancel, for the customer that your backend has authenticated. Do
    /// not cache it.
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`](crate::ErrorKind) except `Validation`, because the request was validated when it was built.
    pub async fn create_retention_session(
        &self,
        request: &RetentionSessionRequest,
    ) -> Result<RetentionSession> {
        self.create(request, &CallOptions::default()).await
    }

    /// Creates a retention session like [`create_retention_session`](Self::create_retention_session), with options for
    /// this call.
    ///
    /// # Errors
    ///
    /// The errors of [`create_retention_session`](Self::create_retention_session), and
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if an option is out of range.
    pub async fn create_retention_session_with(
        &self,
        request: &RetentionSessionRequest,
        options: &CallOptions,
    ) -> Result<RetentionSession> {
        self.create(request, options).await
    }

    /// Creates a subscription session, which opens the `SubscriptionHub` widget: `POST /v1/subscription/session`.
    ///
    /// Create the session when it is needed, for the customer that your backend has authenticated. Do not cache it.
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
    /// The errors of [`create_retention_session`](Self::create_retention_session).
    pub async fn create_subscription_session(
        &self,
        request: &SubscriptionSessionRequest,
    ) -> Result<SubscriptionSession> {
        self.create(request, &CallOptions::default()).await
    }

    /// Creates a subscription session like [`create_subscription_session`](Self::create_subscription_session), with
    /// options for this call.
    ///
    /// # Errors
    ///
    /// The errors of [`create_retention_session`](Self::create_retention_session), and
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if an option is out of range.
    pub async fn create_subscription_session_with(
        &self,
        request: &SubscriptionSessionRequest,
        options: &CallOptions,
    ) -> Result<SubscriptionSession> {
        self.create(request, options).await
    }

    /// Creates a handshake token for a customer, which the browser exchanges for a session. This is the newer contract
    /// of the vendor; the session endpoints are the earlier one. The method is synchronous and does no network I/O.
    ///
    /// `customer_id` is the Stripe customer id, which the vendor's samples call `subscriberId`. Your backend must have
    /// authenticated the customer.
    ///
    /// ```
    /// let client = renumerate::Client::builder().private_key("sk_live_example").public_key("pk_live_example").build()?;
    /// let token = client.create_handshake_token("cus_NffrFeUfNV2Hib")?;
    /// assert!(token.token().starts_with("eyJ"));
    /// # Ok::<(), renumerate::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) if the id is invalid.
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if a key is missing or cannot sign: see
    /// [`ClientBuilder::public_key`].
    pub fn create_handshake_token(&self, customer_id: &str) -> Result<HandshakeToken> {
        let token = CustomerId::new(customer_id).and_then(|id| self.0.create_handshake_token(&id));
        token.inspect_err(log_failed_token)
    }

    /// Creates a session. The type of the request determines the kind of the session.
    #[doc(hidden)]
    pub async fn create<K: SessionKind>(
        &self,
        request: &SessionRequest<K>,
        options: &CallOptions,
    ) -> Result<Session<K>> {
        Ok(Session::from_any(self.create_any(K::ENDPOINT, request.parameters(), options).await?))
    }

    /// Sends a request with these parameters to an endpoint, and returns the session that the service creates.
    pub(crate) async fn create_any(
        &self,
        endpoint: &'static Endpoint,
        parameters: &Parameters,
        options: &CallOptions,
    ) -> Result<AnySession> {
        self.0.create(endpoint, parameters, options).await
    }
}

/// State of a client in one process. A forked child builds its own.
#[derive(Debug)]
pub(crate) struct ProcessState {
    pub(crate) transport: Transport,
    pub(crate) slots: Arc<CallSlots>,
    last_polled: LastPolled,
}

impl ProcessState {
    pub(crate) fn new(config: &Config, extra_roots: &ExtraRoots) -> Result<Self> {
        let transport = Transport::new(config, TlsSettings::new(extra_roots)?)?;
        let slots = config.slots();
        Ok(Self { transport, slots, last_polled: LastPolled::default() })
    }

    /// Creates a session on the current runtime.
    async fn create(
        &self,
        inner: &ClientInner,
        clock: &TokioClock,
        endpoint: &'static Endpoint,
        parameters: &Parameters,
        options: &CallOptions,
    ) -> Result<AnySession> {
        // Return an error here, because opening a socket without a runtime would panic.
        let Ok(runtime) = Handle::try_current() else {
            return Err(Error::configuration(
                "runtime",
                "there is no tokio runtime on this thread",
                "await the call on one",
            ));
        };
        let Self { transport, slots, last_polled } = self;
        let limits = inner.limits(options)?;
        let _slot = if let Some(slot) = slots.try_acquire() {
            slot
        } else {
            let acquired = slots.acquire(limits.total).await;
            acquired.map_err(|error| explain(error, &parameters.pairs(), &inner.config))?
        };
        if runtime.runtime_flavor() != RuntimeFlavor::CurrentThread {
            return inner.create(transport, clock, endpoint, parameters, limits).await;
        }
        if !last_polled.is_fresh(&runtime) {
            poll_io_driver().await;
            last_polled.mark(&runtime);
        }
        let result = inner.create(transport, clock, endpoint, parameters, limits).await;
        last_polled.mark(&runtime); // receiving the response has polled the I/O driver
        result
    }
}
