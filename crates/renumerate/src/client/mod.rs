//! The async client. It drives calls on the runtime of the task that awaits them.

mod builder;
mod lazy;

use std::fmt;
use std::sync::Arc;

use tokio::runtime::{Handle, RuntimeFlavor};

pub use builder::ClientBuilder;
pub(crate) use lazy::{FromConfig, LazyClient};
#[cfg(feature = "__doctor")]
pub(crate) use lazy::{PLACEHOLDER_KEY, check, look_up};

use crate::call::ClientInner;
use crate::config::{CallOptions, ClientOptions, Config};
use crate::error::{Error, Result};
use crate::model::{
    RetentionSession, RetentionSessionRequest, Session, SessionRequest, SubscriptionSession,
    SubscriptionSessionRequest,
};
use crate::runtime::{LastPolled, PerProcess, TokioClock, poll_io_driver};
use crate::tls::{self, ExtraRoots};
use crate::transport::Transport;

/// Mints sessions. Make one and share it: clones are cheap and use the same connections.
///
/// Keep a client to one tokio runtime, as most processes have one anyway. A connection lives on the runtime that opened
/// it: another runtime that uses it waits, up to `attempt_timeout`, while that one is not driven.
///
/// Making a client opens no connection and starts no thread; calls run on the tokio runtime that they are made on.
/// A call that is dropped closes its connection.
///
/// # Panics
///
/// The runtime must drive I/O and time, as `#[tokio::main]` and `enable_all` do: on one that does not, tokio panics. A
/// call that is awaited on no tokio runtime at all is an error and does not panic.
///
/// The vendor's page on the two calls: <https://docs.renumerate.com/reference/api>.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<LazyClient<AsyncInner>>);

pub(crate) struct AsyncInner {
    inner: ClientInner,
    extra_roots: ExtraRoots,
    local: PerProcess<Local>,
}

impl FromConfig for AsyncInner {
    fn from_config(config: Config) -> Result<Self> {
        let extra_roots = ExtraRoots::load(&config)?;
        let local = PerProcess::new(Local::new(&config, &extra_roots)?);
        Ok(Self { inner: ClientInner::new(config), extra_roots, local })
    }

    fn inner(&self) -> &ClientInner {
        &self.inner
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_debug("Client", f)
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
        ClientBuilder::new(ClientOptions::default())
    }

    /// Where the service is, once there is a key.
    #[doc(hidden)]
    pub fn base_url(&self) -> Option<&str> {
        self.0.base_url()
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

    /// Either call.
    #[doc(hidden)]
    pub async fn create<R: SessionRequest>(
        &self,
        request: &R,
        options: &CallOptions,
    ) -> Result<Session<R::Kind>> {
        // Without a runtime the first socket would panic.
        let Ok(runtime) = Handle::try_current() else {
            return Err(Error::configuration(
                "runtime",
                "there is no tokio runtime here: await the call on one",
            ));
        };
        let AsyncInner { inner, extra_roots, local } = self.0.get()?;
        let Local { transport, last_polled } = local.get(|| Local::new(&inner.config, extra_roots))?;
        let clock = TokioClock::start();
        if runtime.runtime_flavor() != RuntimeFlavor::CurrentThread {
            return inner.create(transport, &clock, request, options).await;
        }
        if !last_polled.is_fresh(&runtime) {
            poll_io_driver().await;
            last_polled.mark(&runtime);
        }
        let done = inner.create(transport, &clock, request, options).await;
        last_polled.mark(&runtime); // or nothing would have come
        done
    }
}

/// What belongs to the process that a client is used in.
struct Local {
    transport: Transport,
    last_polled: LastPolled,
}

impl Local {
    fn new(config: &Config, extra_roots: &ExtraRoots) -> Result<Self> {
        let transport = Transport::new(config, tls::client_config(extra_roots)?)?;
        Ok(Self { transport, last_polled: LastPolled::default() })
    }
}
