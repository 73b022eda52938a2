//! The client whose calls are driven on the thread that makes them.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use renumerate::ffi::{Closable, SessionRequest};
use renumerate::{CallOptions, blocking};
use tokio::sync::oneshot;

use crate::fields::{Failure, Outcome, Request, Settings};
use crate::lines::Lines;
use crate::memory;
use crate::requests::{Checked, check};
use crate::settings::{RetryBudget, builder};

/// A client that blocks its caller.
#[derive(uniffi::Object)]
pub struct CallingThreadClient {
    client: Closable<blocking::Client>,
    calls: Mutex<HashMap<i64, Abort>>,
    /// Outcomes that did not fit into their callers' memory.
    large: Mutex<HashMap<i64, Vec<u8>>>,
}

/// What most outcomes need, in bytes.
const USUAL: usize = 512;

const TOO_LARGE: i32 = -1;

/// Both ends of a call's abort; the call takes the second.
struct Abort {
    abort: oneshot::Sender<()>,
    aborted: Option<oneshot::Receiver<()>>,
}

#[uniffi::export]
impl CallingThreadClient {
    /// A client with these settings.
    ///
    /// # Errors
    ///
    /// A setting cannot be used.
    #[uniffi::constructor]
    pub fn new(
        private_key: Option<String>,
        settings: Settings,
        budget: Option<Arc<RetryBudget>>,
    ) -> Result<Self, Failure> {
        let client = Closable::new(builder(private_key, settings, budget)?.blocking().build()?);
        Ok(Self { client, calls: Mutex::default(), large: Mutex::default() })
    }

    /// Announces a call, so that it can be aborted from now on. It must be made then.
    pub fn announce(&self, number: i64) {
        let (abort, aborted) = oneshot::channel();
        self.calls().insert(number, Abort { abort, aborted: Some(aborted) });
    }

    /// Makes the call that was announced under this number. Its request stands in the caller's memory, and its outcome is
    /// written there.
    ///
    /// Returns the length of the outcome, or -1 where that needs more than `capacity`: `outcome` has it then.
    pub fn create(&self, number: i64, address: i64, length: i32, capacity: i32) -> i32 {
        let made = self.make(number, address, length);
        self.calls().remove(&number);
        let outcome = made
            .unwrap_or_else(|error| Outcome::of::<renumerate::Retention>(number, &Err(error), Vec::new()));
        let mut bytes = Vec::with_capacity(USUAL);
        memory::append(outcome, &mut bytes);
        memory::write(&bytes, address, capacity).unwrap_or_else(|| {
            self.large().insert(number, bytes);
            TOO_LARGE
        })
    }

    /// The outcome that did not fit, once.
    pub fn outcome(&self, number: i64) -> Vec<u8> {
        self.large().remove(&number).unwrap_or_default()
    }

    /// Ends a call where it is, and closes its connection.
    pub fn abort(&self, number: i64) {
        let call = self.calls().remove(&number);
        if let Some(call) = call {
            let _ended_already = call.abort.send(());
        }
    }

    /// Lets the connections go, once calls that are under way have ended.
    pub fn finish(&self) {
        self.client.close();
    }

    /// What the client prints of itself: where the service is, and never the key.
    pub fn state(&self) -> String {
        self.client.state(blocking::Client::base_url)
    }
}

impl CallingThreadClient {
    fn make(&self, number: i64, address: i64, length: i32) -> renumerate::Result<Outcome> {
        let client = self.client.client()?;
        let request: Request = memory::read(address, length)?;
        let listens = request.listens;
        let (request, options) = check(request)?;
        let Some(aborted) = self.take_abort(number) else {
            return Ok(Outcome::aborted(number));
        };
        Ok(match request {
            Checked::Retention(request) => drive(&client, number, &request, &options, listens, aborted),
            Checked::Subscription(request) => drive(&client, number, &request, &options, listens, aborted),
        })
    }

    fn take_abort(&self, number: i64) -> Option<oneshot::Receiver<()>> {
        self.calls().get_mut(&number)?.aborted.take()
    }

    fn large(&self) -> MutexGuard<'_, HashMap<i64, Vec<u8>>> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<i64, Abort>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn drive<R: SessionRequest>(
    client: &blocking::Client,
    number: i64,
    request: &R,
    options: &CallOptions,
    listens: bool,
    aborted: oneshot::Receiver<()>,
) -> Outcome {
    let aborted = async {
        if aborted.await.is_err() {
            pending::<()>().await; // nobody will abort it any more
        }
    };
    let call = || client.create_unless(request, options, aborted);
    let lines = Lines::default();
    let ended = if listens { lines.listener().during(call) } else { call() };
    ended.map_or_else(|()| Outcome::aborted(number), |end| Outcome::of(number, &end, lines.take()))
}
