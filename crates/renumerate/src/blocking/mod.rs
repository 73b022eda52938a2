//! Blocking client, for callers without an async runtime.
//!
//! A call runs on the thread that makes it. The only additional threads are short-lived ones, for DNS lookups and for
//! reading certificates. All threads share the connections. A client that was built before a `fork` works in the parent and
//! in the child at the same time: the child opens its own connections.
//!
//! A call needs 128 KiB of stack, which is the default of musl's threads.
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

use tokio::runtime::{Builder, Handle};
use tokio::time::timeout;

use crate::call::{ClientInner, Clock};
use crate::client::{FromConfig, LazyClient, ProcessState};
use crate::config::{CallOptions, ClientOptions, Config};
use crate::error::{Error, Result};
use crate::handshake::HandshakeToken;
use crate::log::{call_span, log_end, log_failed_token};
use crate::model::{
    AnySession, CustomerId, Endpoint, Parameters, RetentionSession, RetentionSessionRequest, Session,
    SessionKind, SessionRequest, SubscriptionSession, SubscriptionSessionRequest,
};
use crate::protocol::explain;
use crate::retry::Limits;
use crate::runtime::{PerProcess, TokioClock, race};
use crate::tls::ExtraRoots;
use crate::transport::Transport;
use pool::RuntimePool;

/// Builder of a blocking [`Client`]. It has the same options as the async [`ClientBuilder`](crate::ClientBuilder).
pub type ClientBuilder = crate::ClientBuilder<Client>;

impl crate::ClientBuilder<Client> {
    /// Checks the options and builds the client. Opens no connection and starts no thread.
    ///
    /// # Errors
    ///
    /// The same as those of [`ClientBuilder::build`](crate::ClientBuilder::build) of the async client.
    pub fn build(self) -> Result<Client> {
        Ok(Client(Arc::new(LazyClient::new(self.options)?)))
    }
}

impl crate::ClientBuilder {
    /// Converts this builder to the builder of a blocking client with the same options.
    #[doc(hidden)]
    pub fn blocking(self) -> ClientBuilder {
        ClientBuilder::new(self.options)
    }
}

/// Blocking client that creates sessions. Create one client and share it: clones are cheap and use the same
/// connections.
///
/// Options, timeouts, retries and errors are the same as those of the async [`Client`](crate::Client). A call blocks
/// its thread for at most `timeout`.
///
/// Inside an async runtime, use the async client. A blocking call also works inside a runtime, but it stalls the
/// runtime's thread and starts a helper thread.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<LazyClient<BlockingInner>>);

/// State that all clones of a blocking client share.
pub(crate) struct BlockingInner {
    inner: ClientInner,
    extra_roots: ExtraRoots,
    pool: PerProcess<RuntimePool>,
}

impl FromConfig for BlockingInner {
    fn from_config(config: Config) -> Result<Self> {
        let extra_roots = ExtraRoots::load(&config)?;
        let pool = PerProcess::new(RuntimePool::new(&config, &extra_roots)?);
        Ok(Self { inner: ClientInner::new(config), extra_roots, pool })
    }

    fn inner(&self) -> &ClientInner {
        &self.inner
    }

    fn process_state(&self) -> Result<&ProcessState> {
        Ok(&self.pool()?.state)
    }
}

impl BlockingInner {
    /// Returns the runtimes of this process.
    fn pool(&self) -> Result<&RuntimePool> {
        self.pool.get(|| RuntimePool::new(&self.inner.config, &self.extra_roots))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_debug("blocking::Client", f)
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
    /// The same as those of [`Client::create_retention_session`](crate::Client::create_retention_session).
    pub fn create_retention_session(&self, request: &RetentionSessionRequest) -> Result<RetentionSession> {
        self.create(request, &CallOptions::default())
    }

    /// Creates a retention session like [`create_retention_session`](Self::create_retention_session), with options for
    /// this call.
    ///
    /// # Errors
    ///
    /// The same as those of [`Client::create_retention_session_with`](crate::Client::create_retention_session_with).
    pub fn create_retention_session_with(
        &self,
        request: &RetentionSessionRequest,
        options: &CallOptions,
    ) -> Result<RetentionSession> {
        self.create(request, options)
    }

    /// Creates a subscription session, which opens the `SubscriptionHub` widget: `POST /v1/subscription/session`.
    ///
    /// Create the session when it is needed, for the customer that your backend has authenticated. Do not cache it.
    ///
    /// # Errors
    ///
    /// The same as those of [`Client::create_retention_session`](crate::Client::create_retention_session).
    pub fn create_subscription_session(
        &self,
        request: &SubscriptionSessionRequest,
    ) -> Result<SubscriptionSession> {
        self.create(request, &CallOptions::default())
    }

    /// Creates a subscription session like [`create_subscription_session`](Self::create_subscription_session), with
    /// options for this call.
    ///
    /// # Errors
    ///
    /// The same as those of [`Client::create_retention_session_with`](crate::Client::create_retention_session_with).
    pub fn create_subscription_session_with(
        &self,
        request: &SubscriptionSessionRequest,
        options: &CallOptions,
    ) -> Result<SubscriptionSession> {
        self.create(request, options)
    }

    /// Creates a handshake token for a customer, which the browser exchanges for a session. The method does no network
    /// I/O.
    ///
    /// # Errors
    ///
    /// The same as those of [`Client::create_handshake_token`](crate::Client::create_handshake_token).
    pub fn create_handshake_token(&self, customer_id: &str) -> Result<HandshakeToken> {
        let token = CustomerId::new(customer_id).and_then(|id| self.0.create_handshake_token(&id));
        token.inspect_err(log_failed_token)
    }

    fn create<K: SessionKind>(
        &self,
        request: &SessionRequest<K>,
        options: &CallOptions,
    ) -> Result<Session<K>> {
        let parameters = request.parameters();
        let Ok(result) = self.create_any_unless(K::ENDPOINT, parameters, options, pending::<Infallible>);
        Ok(Session::from_any(result?))
    }

    /// Sends a request with these parameters to an endpoint, and returns the result of the call. If the future of `stop`
    /// completes before the call, the call is aborted. `stop` runs once for each runtime on which the call waits.
    ///
    /// # Errors
    ///
    /// The output of `stop` if it completes first. The errors of the call itself are in the inner result.
    pub(crate) fn create_any_unless<S: Send>(
        &self,
        endpoint: &'static Endpoint,
        parameters: &Parameters,
        options: &CallOptions,
        stop: impl AsyncFnMut() -> S + Send,
    ) -> std::result::Result<Result<AnySession>, S> {
        let create = || self.create_on_this_thread(endpoint, parameters, options, stop);
        if Handle::try_current().is_err() {
            return create();
        }
        // Blocking on a runtime inside another runtime would panic, so use a helper thread.
        thread::scope(|scope| {
            let helper = thread::Builder::new().spawn_scoped(scope, create);
            let joined = helper.map(thread::ScopedJoinHandle::join);
            joined.unwrap_or_else(|error| Ok(Ok(Err(Error::out_of_resources(Box::new(error))))))
        })
        .unwrap_or_else(|_| Ok(Err(Error::internal("the thread of this call has panicked"))))
    }

    /// Creates a session on the current runtime, with the limits of the blocking calls.
    pub(crate) async fn create_any(
        &self,
        endpoint: &'static Endpoint,
        parameters: &Parameters,
        options: &CallOptions,
    ) -> Result<AnySession> {
        self.0.create(endpoint, parameters, options).await
    }

    fn create_on_this_thread<S>(
        &self,
        endpoint: &'static Endpoint,
        parameters: &Parameters,
        options: &CallOptions,
        mut stop: impl AsyncFnMut() -> S,
    ) -> std::result::Result<Result<AnySession>, S> {
        let client = self.0.get();
        let span = call_span(endpoint, self.0.host());
        let _entered = span.enter();
        let clock = TokioClock::start();
        let result = client.and_then(|client| {
            let inner = client.inner();
            let limits = inner.limits(options)?;
            let pool = client.pool()?;
            let _slot = match pool.state.slots.try_acquire() {
                Some(slot) => slot,
                None => match wait(race(pool.state.slots.acquire(limits.total), stop()))? {
                    Ok(slot) => slot.map_err(|error| explain(error, &parameters.pairs(), &inner.config))?,
                    Err(stopped) => return Ok(Err(stopped)),
                },
            };
            let mut borrowed = pool.borrow();
            loop {
                let result = borrowed.and_then(|runtime| {
                    // In a box, because the caller's stack may be small: each function below would have a copy of the call.
                    let call =
                        Box::pin(create(inner, &pool.state.transport, &clock, endpoint, parameters, limits));
                    let result = runtime.block_on(race(call, stop()), |output| matches!(output, Ok(Ok(_))));
                    if result.as_ref().is_ok_and(is_out_of_resources) {
                        runtime.close();
                    }
                    result
                });
                // Without descriptors for a runtime or a connection, wait for those of another call.
                if !result.as_ref().map_or_else(Error::is_out_of_resources, is_out_of_resources) {
                    return result;
                }
                let left = limits.total.saturating_sub(clock.now());
                let returned = async { timeout(left, pool.borrow_returned()).await };
                match wait(race(returned, stop()))? {
                    Ok(Ok(Some(runtime))) => borrowed = Ok(runtime),
                    Ok(_) => return result,
                    Err(stopped) => return Ok(Err(stopped)),
                }
            }
        });
        let result = result.unwrap_or_else(|error| Ok(Err(error)));
        if let (Ok(result), false) = (&result, span.is_disabled()) {
            log_end(result, clock.now());
        }
        result
    }
}

/// Returns whether a call failed because the process has no threads or file descriptors left.
fn is_out_of_resources<S>(result: &std::result::Result<Result<AnySession>, S>) -> bool {
    matches!(result, Ok(Err(error)) if error.is_out_of_resources())
}

/// Creates a session on the runtime of this thread.
///
/// The function has no type parameters, so that the call is compiled with this crate. The crates of the bindings are
/// optimized for size, which would make each call take 15 % more CPU time.
async fn create(
    inner: &ClientInner,
    transport: &Transport,
    clock: &TokioClock,
    endpoint: &'static Endpoint,
    parameters: &Parameters,
    limits: Limits,
) -> Result<AnySession> {
    inner.create(transport, clock, endpoint, parameters, limits).await
}

/// Waits for the future on this thread. The runtime has no I/O driver and thus no file descriptors, so any number of
/// threads can wait at the same time.
fn wait<T>(future: impl Future<Output = T>) -> Result<T> {
    let runtime = Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| Error::out_of_resources(Box::new(error)))?;
    Ok(runtime.block_on(future))
}
