//! The client for callers without a runtime.
//!
//! A call is driven on the thread that makes it: no thread is started, but for the short one of the system's name
//! look-up. Threads share connections, however short they live. A client that was made before a `fork` works in parent
//! and child at once: the child makes connections of its own.
//!
//! ```
//! use renumerate::{Customer, RetentionSessionRequest, blocking};
//!
//! # let runtime = tokio::runtime::Runtime::new()?;
//! # let sandbox = runtime.block_on(renumerate_sandbox::Sandbox::start())?;
//! let client = blocking::Client::builder().private_key("sk_sandbox_local").base_url(sandbox.url()).build()?;
//!
//! let request = RetentionSessionRequest::new(Customer::by_id("cus_NffrFeUfNV2Hib")?);
//! let session = client.create_retention_session(&request)?;
//! assert!(session.id().as_str().starts_with("ret_"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod pool;

use std::convert::Infallible;
use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::thread;

use tokio::runtime::Handle;

use crate::call::ClientInner;
use crate::client::{FromConfig, LazyClient};
use crate::config::{CallOptions, ClientOptions, Config};
use crate::error::{Error, Result};
use crate::model::{
    RetentionSession, RetentionSessionRequest, Session, SessionRequest, SubscriptionSession,
    SubscriptionSessionRequest,
};
use crate::runtime::{PerProcess, TokioClock, race};
use crate::tls::ExtraRoots;
use pool::RuntimePool;

/// Builds a blocking [`Client`]: [`ClientBuilder`](crate::ClientBuilder) with another `build`.
pub type ClientBuilder = crate::ClientBuilder<Client>;

impl crate::ClientBuilder<Client> {
    /// Checks the settings and makes the client. It opens no connection and starts no thread.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`](crate::ClientBuilder::build) of the async client.
    pub fn build(self) -> Result<Client> {
        Ok(Client(Arc::new(LazyClient::new(self.options)?)))
    }
}

impl crate::ClientBuilder {
    /// The same settings for a blocking client.
    #[doc(hidden)]
    pub fn blocking(self) -> ClientBuilder {
        ClientBuilder::new(self.options)
    }
}

/// Mints sessions, and blocks meanwhile. Make one for a process and share it: clones are cheap.
///
/// Options, limits, retries and errors are those of the async [`Client`](crate::Client); a call lasts no longer than
/// its `timeout`. On a thread that drives an async runtime it works too, at the price of a helper thread for each
/// call, and stalls that runtime meanwhile: use the async client there.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<LazyClient<BlockingInner>>);

pub(crate) struct BlockingInner {
    inner: ClientInner,
    extra_roots: ExtraRoots,
    pool: PerProcess<RuntimePool>,
}

impl FromConfig for BlockingInner {
    fn from_config(config: Config) -> Result<Self> {
        let extra_roots = ExtraRoots::load(&config)?;
        let pool = PerProcess::new(RuntimePool::new(&extra_roots)?);
        Ok(Self { inner: ClientInner::new(config), extra_roots, pool })
    }

    fn inner(&self) -> &ClientInner {
        &self.inner
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_debug("blocking::Client", f)
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

    /// A client from the variables alone: see [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration): see [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// Starts a client with settings of your own.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new(ClientOptions::default())
    }

    /// Where the service is, once there is a key.
    #[doc(hidden)]
    pub fn base_url(&self) -> Option<&str> {
        self.0.base_url()
    }

    /// Mints a retention session, which opens the cancel flow: `POST /v1/retention/session`.
    ///
    /// # Errors
    ///
    /// As [`Client::create_retention_session`](crate::Client::create_retention_session).
    pub fn create_retention_session(&self, request: &RetentionSessionRequest) -> Result<RetentionSession> {
        self.create(request, &CallOptions::default())
    }

    /// [`create_retention_session`](Self::create_retention_session) with options for this call.
    ///
    /// # Errors
    ///
    /// As [`Client::create_retention_session`](crate::Client::create_retention_session).
    pub fn create_retention_session_with(
        &self,
        request: &RetentionSessionRequest,
        options: &CallOptions,
    ) -> Result<RetentionSession> {
        self.create(request, options)
    }

    /// Mints a subscription session, which opens the `SubscriptionHub` widget: `POST /v1/subscription/session`.
    ///
    /// # Errors
    ///
    /// As [`Client::create_retention_session`](crate::Client::create_retention_session).
    pub fn create_subscription_session(
        &self,
        request: &SubscriptionSessionRequest,
    ) -> Result<SubscriptionSession> {
        self.create(request, &CallOptions::default())
    }

    /// [`create_subscription_session`](Self::create_subscription_session) with options for this call.
    ///
    /// # Errors
    ///
    /// As [`Client::create_retention_session`](crate::Client::create_retention_session).
    pub fn create_subscription_session_with(
        &self,
        request: &SubscriptionSessionRequest,
        options: &CallOptions,
    ) -> Result<SubscriptionSession> {
        self.create(request, options)
    }

    fn create<R: SessionRequest>(&self, request: &R, options: &CallOptions) -> Result<Session<R::Kind>> {
        let Ok(result) = self.create_unless(request, options, pending::<Infallible>());
        result
    }

    /// The call, or what ends it before its time: a signal, say, that the language of a binding has caught.
    #[doc(hidden)]
    pub fn create_unless<R: SessionRequest, S: Send>(
        &self,
        request: &R,
        options: &CallOptions,
        stop: impl Future<Output = S> + Send,
    ) -> std::result::Result<Result<Session<R::Kind>>, S> {
        if Handle::try_current().is_err() {
            return self.create_here(request, options, stop);
        }
        // A runtime within a runtime would panic.
        thread::scope(|scope| {
            let helper =
                thread::Builder::new().spawn_scoped(scope, || self.create_here(request, options, stop));
            let joined = helper.map(thread::ScopedJoinHandle::join);
            joined.unwrap_or_else(|error| {
                let reason = format!("no thread is to be had to call from within a runtime: {error}");
                Ok(Ok(Err(Error::configuration("runtime", reason))))
            })
        })
        .unwrap_or_else(|_| Ok(Err(Error::configuration("runtime", "the thread of this call has panicked"))))
    }

    fn create_here<R: SessionRequest, S>(
        &self,
        request: &R,
        options: &CallOptions,
        stop: impl Future<Output = S>,
    ) -> std::result::Result<Result<Session<R::Kind>>, S> {
        let driven = self.0.get().and_then(|BlockingInner { inner, extra_roots, pool }| {
            let pool = pool.get(|| RuntimePool::new(extra_roots))?;
            pool.with(&inner.config, |driver, idle| {
                let clock = TokioClock::start();
                let call = race(inner.create(&driver.transport, &clock, request, options), stop);
                driver.block_on(idle, call, |ended| matches!(ended, Ok(Ok(_))))
            })
        });
        driven.unwrap_or_else(|error| Ok(Err(error)))
    }
}
