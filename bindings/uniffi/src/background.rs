//! Client whose calls run on the background thread, which is the executor thread of `renumerate::ffi`. The outcomes of
//! all such clients are delivered in batches.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use renumerate::Client;
use renumerate::ffi::{AbortHandle, Closable, Completions, WakePolicy, start, start_call, stop};
use tokio::sync::Notify;

use crate::batch::Batch;
use crate::log_buffer::LogBuffer;
use crate::memory;
use crate::records::{Failure, Outcome, Request, SettingValue, Settings, TokenOutcome};
use crate::requests::{create_token, validate};
use crate::settings::{SharedLimits, builder};

/// [`Results::next`] returns 0 when no call has been in progress for this long.
///
/// When the background thread completes a pending `next`, it calls a function of the host language. That function call
/// attaches the background thread to the runtime of the language, such as the JVM. An attached thread can delay the
/// exit of the process. When `next` returns 0, the host language can detach the thread.
const LINGER: Duration = Duration::from_millis(10);

/// Queue of call outcomes. Several clients can share one queue.
#[derive(uniffi::Object)]
pub struct Results {
    inner: Arc<ResultsInner>,
}

struct ResultsInner {
    completions: Completions<Batch>,
    /// Batch whose address `next` returned last. The host language reads the batch in place until it calls `next`
    /// again.
    delivered: Mutex<Batch>,
    notify: Arc<Notify>,
    in_flight: Mutex<HashMap<i64, AbortHandle>>,
    started: AtomicU64,
    lingering: AtomicBool,
    idle: AtomicBool,
    /// Whether the background thread is attached to the host language's runtime. It attaches when it first completes a
    /// pending call of `next`.
    attached: AtomicBool,
}

#[uniffi::export]
impl Results {
    /// Creates an empty queue.
    #[uniffi::constructor]
    #[expect(clippy::new_without_default, reason = "other languages have no `Default`")]
    pub fn new() -> Self {
        let notify = Arc::new(Notify::new());
        let notified = Arc::clone(&notify);
        let completions = Completions::new(WakePolicy::WhenIdle, move || notified.notify_one());
        Self {
            inner: Arc::new(ResultsInner {
                completions,
                delivered: Mutex::default(),
                notify,
                in_flight: Mutex::default(),
                started: AtomicU64::new(0),
                lingering: AtomicBool::new(false),
                idle: AtomicBool::new(false),
                attached: AtomicBool::new(false),
            }),
        }
    }

    /// Waits for outcomes and returns the address of a batch of them. The batch is a length of 8 bytes, followed by a
    /// sequence of outcomes that has this length. The batch stays valid until `next` is called again. Only one call of
    /// `next` may be pending at a time.
    ///
    /// Returns 0 if no call has been in progress for a short time, and the background thread has completed an earlier
    /// pending `next`. The thread is then attached to the runtime of the caller's language, and the caller can detach
    /// the thread.
    pub async fn next(&self) -> i64 {
        loop {
            self.inner.wait().await;
            if let Some(address) = self.inner.take() {
                return address;
            }
            if self.inner.idle.swap(false, Ordering::AcqRel) {
                self.inner.attached.store(false, Ordering::Release);
                return 0;
            }
        }
    }

    /// Makes `next` return 0 without the usual delay. Call it after the last client was closed.
    pub fn notify_idle(&self) {
        let inner = Arc::clone(&self.inner);
        // This runs on the background thread, so that `next` completes there and its caller can detach that thread.
        let _cannot_start = start(async move { inner.notify_idle() });
    }

    /// Ends the background thread when the calls in progress have ended, and closes its descriptors. A later call
    /// starts another thread. Call it after the last client was closed.
    pub fn stop_thread(&self) {
        stop();
    }

    /// Aborts a call and closes its connection. The caller must ignore the outcome of the call if it still arrives.
    pub fn abort(&self, call_id: i64) {
        let call = self.inner.in_flight().remove(&call_id);
        if let Some(call) = call {
            call.abort();
        }
    }
}

impl ResultsInner {
    fn in_flight(&self) -> MutexGuard<'_, HashMap<i64, AbortHandle>> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a notification. If there is none yet, the background thread completes the wait later. In this case,
    /// sets `attached`.
    async fn wait(&self) {
        let mut notified = pin!(self.notify.notified());
        let mut was_pending = false;
        poll_fn(|context| {
            let poll = notified.as_mut().poll(context);
            was_pending |= poll.is_pending();
            poll
        })
        .await;
        self.attached.fetch_or(was_pending, Ordering::AcqRel);
    }

    /// Takes the outcomes that are ready, and returns the address of their batch, or `None` if there are none.
    fn take(self: &Arc<Self>) -> Option<i64> {
        let mut batch = self.delivered.lock().unwrap_or_else(PoisonError::into_inner);
        batch.clear();
        self.completions.swap(&mut batch);
        let is_idle = {
            let mut in_flight = self.in_flight();
            for call_id in batch.ended() {
                in_flight.remove(call_id);
            }
            in_flight.is_empty()
        };
        if is_idle && !self.lingering.swap(true, Ordering::AcqRel) {
            let _cannot_start = start(Arc::clone(self).linger());
        }
        (!batch.ended().is_empty()).then(|| batch.address())
    }

    /// Waits until no call has been in progress for [`LINGER`], and then makes `next` return 0.
    ///
    /// Ends early if a call is in progress. When no call is in progress any more, `take` starts this function again.
    async fn linger(self: Arc<Self>) {
        loop {
            let seen = self.started.load(Ordering::Acquire);
            tokio::time::sleep(LINGER).await;
            if !self.in_flight().is_empty() {
                // When the calls in progress have ended, `take` starts another `linger`, but only if `lingering` is
                // cleared. If the calls have ended before it was cleared, this `linger` continues.
                self.lingering.store(false, Ordering::Release);
                if !self.in_flight().is_empty() || self.lingering.swap(true, Ordering::AcqRel) {
                    return;
                }
            } else if seen == self.started.load(Ordering::Acquire) {
                break;
            }
        }
        self.lingering.store(false, Ordering::Release);
        // If `attached` is not set, there is no thread to detach. A notification would then attach the background
        // thread, possibly while the process exits.
        if self.attached.load(Ordering::Acquire) {
            self.notify_idle();
        }
    }

    fn notify_idle(&self) {
        self.idle.store(true, Ordering::Release);
        self.notify.notify_one();
    }
}

/// Client whose calls run on the background thread. Their outcomes are delivered through `Results`.
#[derive(uniffi::Object)]
pub struct BackgroundClient {
    client: Closable<Client>,
    results: Arc<Results>,
}

#[uniffi::export]
impl BackgroundClient {
    /// Creates a client. The outcomes of its calls are delivered through `results`.
    ///
    /// # Errors
    ///
    /// The private key is missing, or a setting is invalid.
    #[uniffi::constructor]
    pub fn new(
        results: Arc<Results>,
        private_key: Option<String>,
        settings: Settings,
        limits: Option<Arc<SharedLimits>>,
    ) -> Result<Self, Failure> {
        let client = Closable::new(builder(private_key, settings, limits)?.build()?);
        Ok(Self { client, results })
    }

    /// Reads a request of `length` bytes from the caller's memory at `address`, validates the request and starts the
    /// call. The outcome of the call carries `call_id`. No two calls in progress may have the same id.
    ///
    /// Returns the outcome, a failure, if the call cannot start: the request is invalid, the client is closed, or the
    /// process is out of threads or file descriptors.
    ///
    /// # Errors
    ///
    /// The request cannot be read, which is a bug in this library.
    pub fn start(&self, call_id: i64, address: i64, length: i32) -> Result<Option<Outcome>, Failure> {
        let request: Request = memory::read(address, length)?;
        let log_buffer = request.collect_logs.then(LogBuffer::default);
        let logs = log_buffer.as_ref().map(LogBuffer::listener);
        let kind = request.kind.into();
        let results = &self.results.inner;
        let (target, lines) = (Arc::clone(results), log_buffer.clone());
        let on_end = move |result| {
            let outcome = Outcome::of(call_id, result, LogBuffer::take(lines.as_ref()));
            target.completions.add(|batch| batch.add(outcome));
        };
        // Lock the map before the call starts. The call may end at once, and `take` must then find it in the map.
        let mut in_flight = results.in_flight();
        match start_call(self.client.client(), kind, validate(request), logs.as_ref(), on_end) {
            Ok(call) => in_flight.insert(call_id, call),
            Err(error) => {
                return Ok(Some(Outcome::of(call_id, Err(error), LogBuffer::take(log_buffer.as_ref()))));
            }
        };
        results.started.fetch_add(1, Ordering::AcqRel);
        Ok(None)
    }

    /// Creates a handshake token for a customer. Signs it on the calling thread, without network I/O.
    ///
    /// # Errors
    ///
    /// None. The generated code of a function without errors would end the process if Rust panics.
    pub fn create_handshake_token(
        &self,
        customer_id: SettingValue,
        collect_logs: bool,
    ) -> Result<TokenOutcome, Failure> {
        Ok(create_token(self.client.client(), customer_id, collect_logs))
    }

    /// Closes the client. Its connections are closed when the calls in progress have ended.
    pub fn shut_down(&self) {
        self.client.close();
    }

    /// Describes the client for its string representation: the base URL, or the fact that the client is closed. The
    /// description never contains the key.
    pub fn describe(&self) -> String {
        self.client.describe(Client::base_url)
    }
}
