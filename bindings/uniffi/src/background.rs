//! The client whose calls are driven in the background, and whose results come in batches.

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
use crate::fields::{Failure, Outcome, Request, Settings};
use crate::lines::Lines;
use crate::memory;
use crate::requests::{Checked, check};
use crate::settings::{RetryBudget, builder};

/// How long the results of no call are waited for, before whoever waits is told that there is none: the background thread may
/// be one of its language's meanwhile, which holds up the end of the process.
const LINGER: Duration = Duration::from_millis(10);

/// The results of the calls of many clients, on their way to whoever waits for them.
#[derive(uniffi::Object)]
pub struct Results {
    shared: Arc<Shared>,
}

struct Shared {
    ended: Completions<Batch>,
    /// What was taken last: it is read there until more is taken.
    taken: Mutex<Batch>,
    news: Arc<Notify>,
    in_flight: Mutex<HashMap<i64, AbortHandle>>,
    started: AtomicU64,
    lingers: AtomicBool,
    idle: AtomicBool,
    /// Whether whoever waits was told of news by the background thread, which is a thread of its language's since then.
    told: AtomicBool,
}

#[uniffi::export]
impl Results {
    /// Those of no call yet.
    #[uniffi::constructor]
    #[expect(clippy::new_without_default, reason = "it is for other languages")]
    pub fn new() -> Self {
        let news = Arc::new(Notify::new());
        let bell = Arc::clone(&news);
        let ended = Completions::new(WakePolicy::WhenIdle, move || bell.notify_one());
        Self {
            shared: Arc::new(Shared {
                ended,
                taken: Mutex::default(),
                news,
                in_flight: Mutex::default(),
                started: AtomicU64::new(0),
                lingers: AtomicBool::new(false),
                idle: AtomicBool::new(false),
                told: AtomicBool::new(false),
            }),
        }
    }

    /// Where all that have come can be read, once there are any: a length of 8 bytes, then a sequence of outcomes of that
    /// length. They are there until `next` is called again, which one may at a time. It is 0 when no call has been under
    /// way for a moment, for whoever was called back by the background thread before.
    pub async fn next(&self) -> i64 {
        loop {
            self.shared.wait().await;
            if let Some(address) = self.shared.take() {
                return address;
            }
            if self.shared.idle.swap(false, Ordering::AcqRel) {
                self.shared.told.store(false, Ordering::Release);
                return 0;
            }
        }
    }

    /// Tells whoever waits that there is nothing to wait for, without a moment's wait. It is for the end of the last client.
    pub fn rest(&self) {
        let shared = Arc::clone(&self.shared);
        let _cannot_start = start(async move { shared.say_idle() }); // on the thread on which whoever waits is told
    }

    /// Ends a call where it is, and closes its connection. What comes of it is of interest to nobody.
    pub fn abort(&self, number: i64) {
        let call = self.shared.in_flight().remove(&number);
        if let Some(call) = call {
            call.abort();
        }
    }
}

impl Shared {
    fn in_flight(&self) -> MutexGuard<'_, HashMap<i64, AbortHandle>> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for news, and notes whether there was a wait: then it was the background thread that told them.
    async fn wait(&self) {
        let mut news = pin!(self.news.notified());
        let mut waited = false;
        poll_fn(|context| {
            let there = news.as_mut().poll(context);
            waited |= there.is_pending();
            there
        })
        .await;
        self.told.fetch_or(waited, Ordering::AcqRel);
    }

    fn take(self: &Arc<Self>) -> Option<i64> {
        let mut batch = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        batch.clear();
        self.ended.swap(&mut batch);
        let at_rest = {
            let mut in_flight = self.in_flight();
            for number in batch.ended() {
                in_flight.remove(number);
            }
            in_flight.is_empty()
        };
        if at_rest && !self.lingers.swap(true, Ordering::AcqRel) {
            let _cannot_start = start(Arc::clone(self).linger());
        }
        (!batch.ended().is_empty()).then(|| batch.address())
    }

    /// Says that there is nothing under way, unless there is within a moment.
    async fn linger(self: Arc<Self>) {
        loop {
            let seen = self.started.load(Ordering::Acquire);
            tokio::time::sleep(LINGER).await;
            if !self.in_flight().is_empty() {
                // The last of these calls starts another one.
                self.lingers.store(false, Ordering::Release);
                if !self.in_flight().is_empty() || self.lingers.swap(true, Ordering::AcqRel) {
                    return;
                }
            } else if seen == self.started.load(Ordering::Acquire) {
                break;
            }
        }
        self.lingers.store(false, Ordering::Release);
        // Where results were there before they were waited for, the background thread has nothing to let go of: at the end
        // of a process, which a first and only call may be, it had better not become a thread of its language's.
        if self.told.load(Ordering::Acquire) {
            self.say_idle();
        }
    }

    fn say_idle(&self) {
        self.idle.store(true, Ordering::Release);
        self.news.notify_one();
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
        let (request, options) = check(request)?;
        Ok(match request {
            Checked::Retention(request) => self.begin(client, number, request, options, listens),
            Checked::Subscription(request) => self.begin(client, number, request, options, listens),
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
    fn begin<R: SessionRequest>(
        &self,
        client: Client,
        number: i64,
        request: R,
        options: CallOptions,
        listens: bool,
    ) -> renumerate::Result<()> {
        let shared = &self.results.shared;
        let lines = listens.then(Lines::default);
        let logs = lines.as_ref().map(Lines::listener);
        let ending = Arc::clone(shared);
        let tell = move |end: renumerate::Result<_>| {
            let lines = lines.map(|lines| lines.take()).unwrap_or_default();
            let outcome = Outcome::of(number, &end, lines);
            ending.ended.add(|batch| batch.add(outcome));
        };
        let mut in_flight = shared.in_flight(); // held, so that the call cannot end before it is there
        let call = start_call(client, request, options, logs, tell)?;
        in_flight.insert(number, call);
        shared.started.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }
}
