//! Client whose calls run on the background thread. Its results are delivered in batches.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use renumerate::ffi::{AbortHandle, Closable, Completions, SessionRequest, WakePolicy, start, start_call};
use renumerate::{CallOptions, Client};
use tokio::sync::Notify;

use crate::batch::Batch;
use crate::log_buffer::LogBuffer;
use crate::memory;
use crate::records::{Failure, Outcome, Request, Settings};
use crate::requests::{AnyRequest, validate};
use crate::settings::{RetryBudget, builder};

/// Idle time after which [`Results::next`] reports that no call is in progress.
///
/// A thread that calls back into the host language is attached to its runtime, and an attached thread can delay process
/// exit. The report lets the host language detach the background thread.
const LINGER: Duration = Duration::from_millis(10);

/// The results of the calls of many clients, on their way to whoever waits for them.
#[derive(uniffi::Object)]
pub struct Results {
    inner: Arc<ResultsInner>,
}

struct ResultsInner {
    completions: Completions<Batch>,
    /// Batch that was returned last. The host language reads it in place until it asks for the next one.
    delivered: Mutex<Batch>,
    notify: Arc<Notify>,
    in_flight: Mutex<HashMap<i64, AbortHandle>>,
    started: AtomicU64,
    lingering: AtomicBool,
    idle: AtomicBool,
    /// Whether the background thread has completed a pending `next`, and is attached to the host language's runtime.
    attached: AtomicBool,
}

#[uniffi::export]
impl Results {
    /// Those of no call yet.
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

    /// Where all that have come can be read, once there are any: a length of 8 bytes, then a sequence of outcomes of that
    /// length. They are there until `next` is called again, which one may at a time. It is 0 when no call has been under
    /// way for a moment, for whoever was called back by the background thread before.
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

    /// Tells whoever waits that there is nothing to wait for, without a moment's wait. It is for the end of the last client.
    pub fn rest(&self) {
        let inner = Arc::clone(&self.inner);
        let _cannot_start = start(async move { inner.notify_idle() }); // on the attached thread, which is detached then
    }

    /// Ends a call where it is, and closes its connection. What comes of it is of interest to nobody.
    pub fn abort(&self, number: i64) {
        let call = self.inner.in_flight().remove(&number);
        if let Some(call) = call {
            call.abort();
        }
    }
}

impl ResultsInner {
    fn in_flight(&self) -> MutexGuard<'_, HashMap<i64, AbortHandle>> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a notification. If the wait was pending, the background thread completed it: that is recorded.
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
            for number in batch.ended() {
                in_flight.remove(number);
            }
            in_flight.is_empty()
        };
        if is_idle && !self.lingering.swap(true, Ordering::AcqRel) {
            let _cannot_start = start(Arc::clone(self).linger());
        }
        (!batch.ended().is_empty()).then(|| batch.address())
    }

    /// Reports that no call is in progress, unless one starts within [`LINGER`].
    async fn linger(self: Arc<Self>) {
        loop {
            let seen = self.started.load(Ordering::Acquire);
            tokio::time::sleep(LINGER).await;
            if !self.in_flight().is_empty() {
                // `take` starts another `linger` when these calls have ended. If they have ended already, go on here.
                self.lingering.store(false, Ordering::Release);
                if !self.in_flight().is_empty() || self.lingering.swap(true, Ordering::AcqRel) {
                    return;
                }
            } else if seen == self.started.load(Ordering::Acquire) {
                break;
            }
        }
        self.lingering.store(false, Ordering::Release);
        // If all results were ready before `next` waited, the background thread is not attached. A notification would
        // attach it, possibly during process exit.
        if self.attached.load(Ordering::Acquire) {
            self.notify_idle();
        }
    }

    fn notify_idle(&self) {
        self.idle.store(true, Ordering::Release);
        self.notify.notify_one();
    }
}

/// A client whose calls are waited for elsewhere.
#[derive(uniffi::Object)]
pub struct BackgroundClient {
    client: Closable<Client>,
    results: Arc<Results>,
}

#[uniffi::export]
impl BackgroundClient {
    /// A client with these settings, whose outcomes go to `results`.
    ///
    /// # Errors
    ///
    /// A setting cannot be used.
    #[uniffi::constructor]
    pub fn new(
        results: Arc<Results>,
        private_key: Option<String>,
        settings: Settings,
        budget: Option<Arc<RetryBudget>>,
    ) -> Result<Self, Failure> {
        let client = Closable::new(builder(private_key, settings, budget)?.build()?);
        Ok(Self { client, results })
    }

    /// Checks the request that stands in the caller's memory, and starts its call. Its outcome comes with this number,
    /// which no other call under way has.
    ///
    /// # Errors
    ///
    /// The request or an option cannot be used, or the client is closed.
    pub fn start(&self, number: i64, address: i64, length: i32) -> Result<(), Failure> {
        let client = self.client.client()?;
        let request: Request = memory::read(address, length)?;
        let listens = request.listens;
        let (request, options) = validate(request)?;
        Ok(match request {
            AnyRequest::Retention(request) => self.start_request(client, number, request, options, listens),
            AnyRequest::Subscription(request) => {
                self.start_request(client, number, request, options, listens)
            }
        }?)
    }

    /// Lets the connections go, once calls that are under way have ended.
    pub fn finish(&self) {
        self.client.close();
    }

    /// What the client prints of itself: where the service is, and never the key.
    pub fn state(&self) -> String {
        self.client.state(Client::base_url)
    }
}

impl BackgroundClient {
    fn start_request<R: SessionRequest>(
        &self,
        client: Client,
        number: i64,
        request: R,
        options: CallOptions,
        listens: bool,
    ) -> renumerate::Result<()> {
        let results = &self.results.inner;
        let log_buffer = listens.then(LogBuffer::default);
        let logs = log_buffer.as_ref().map(LogBuffer::listener);
        let target = Arc::clone(results);
        let on_end = move |result: renumerate::Result<_>| {
            let lines = log_buffer.map(|buffer| buffer.take()).unwrap_or_default();
            let outcome = Outcome::of(number, &result, lines);
            target.completions.add(|batch| batch.add(outcome));
        };
        let mut in_flight = results.in_flight(); // locked, so that `take` cannot remove the call before it is inserted
        let call = start_call(client, request, options, logs, on_end)?;
        in_flight.insert(number, call);
        results.started.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }
}
