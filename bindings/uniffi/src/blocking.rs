//! Client whose calls run on the calling thread.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use renumerate::blocking;
use renumerate::ffi::{Closable, create_unless};
use tokio::sync::oneshot;

use crate::log_buffer::LogBuffer;
use crate::memory;
use crate::records::{Failure, Outcome, Request, SettingValue, Settings, TokenOutcome};
use crate::requests::{create_token, validate};
use crate::settings::{SharedLimits, builder};

/// Client whose calls block the calling thread.
#[derive(uniffi::Object)]
pub struct CallingThreadClient {
    client: Closable<blocking::Client>,
    calls: Mutex<HashMap<i64, AbortChannel>>,
    /// Outcomes that did not fit into the caller's memory, by call id.
    oversized: Mutex<HashMap<i64, Vec<u8>>>,
}

/// Size of a typical outcome, in bytes. It is the initial capacity of the buffer for an outcome.
const TYPICAL_SIZE: usize = 512;

/// Value that `create` returns if the outcome exceeds the capacity.
const TOO_LARGE: i32 = -1;

/// Both ends of the channel that aborts a call. The call takes the receiver when it starts.
struct AbortChannel {
    sender: oneshot::Sender<()>,
    receiver: Option<oneshot::Receiver<()>>,
}

#[uniffi::export]
impl CallingThreadClient {
    /// Creates a client.
    ///
    /// # Errors
    ///
    /// The private key is missing, or a setting is invalid.
    #[uniffi::constructor]
    pub fn new(
        private_key: Option<String>,
        settings: Settings,
        limits: Option<Arc<SharedLimits>>,
    ) -> Result<Self, Failure> {
        let client = Closable::new(builder(private_key, settings, limits)?.blocking().build()?);
        Ok(Self { client, calls: Mutex::default(), oversized: Mutex::default() })
    }

    /// Registers a call, so that `abort` works even before the call starts. Run it with `create` afterwards.
    pub fn register(&self, call_id: i64) {
        let (sender, receiver) = oneshot::channel();
        self.calls().insert(call_id, AbortChannel { sender, receiver: Some(receiver) });
    }

    /// Runs the call that was registered with this id. Reads the request, which has `length` bytes, from the caller's
    /// memory at `address`. Writes the outcome to the same memory.
    ///
    /// Returns the length of the outcome in bytes, or -1 if the outcome is larger than `capacity`. In that case,
    /// `outcome` returns it.
    pub fn create(&self, call_id: i64, address: i64, length: i32, capacity: i32) -> i32 {
        let result = self.call(call_id, address, length);
        self.calls().remove(&call_id);
        let outcome = result.unwrap_or_else(|error| Outcome::of(call_id, Err(error), Vec::new()));
        let mut bytes = Vec::with_capacity(TYPICAL_SIZE);
        memory::append(outcome, &mut bytes);
        memory::write(&bytes, address, capacity).unwrap_or_else(|| {
            self.oversized().insert(call_id, bytes);
            TOO_LARGE
        })
    }

    /// Returns the outcome for which `create` has returned -1, and removes it.
    pub fn outcome(&self, call_id: i64) -> Vec<u8> {
        self.oversized().remove(&call_id).unwrap_or_default()
    }

    /// Aborts a call and closes its connection.
    pub fn abort(&self, call_id: i64) {
        let call = self.calls().remove(&call_id);
        if let Some(call) = call {
            let _ended_already = call.sender.send(());
        }
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
        self.client.describe(blocking::Client::base_url)
    }
}

impl CallingThreadClient {
    /// Runs a call until it ends or is aborted.
    fn call(&self, call_id: i64, address: i64, length: i32) -> renumerate::Result<Outcome> {
        let request: Request = memory::read(address, length)?;
        let Some(mut abort) = self.take_abort_receiver(call_id) else {
            return Ok(Outcome::aborted(call_id));
        };
        let aborted = async || {
            if (&mut abort).await.is_err() {
                pending::<()>().await; // the sender was dropped without an abort
            }
        };
        let log_buffer = request.collect_logs.then(LogBuffer::default);
        let logs = log_buffer.as_ref().map(LogBuffer::listener);
        let kind = request.kind.into();
        let result = create_unless(self.client.client(), kind, validate(request), logs.as_ref(), aborted);
        Ok(match result {
            Ok(result) => Outcome::of(call_id, result, LogBuffer::take(log_buffer.as_ref())),
            Err(()) => Outcome::aborted(call_id),
        })
    }

    fn take_abort_receiver(&self, call_id: i64) -> Option<oneshot::Receiver<()>> {
        self.calls().get_mut(&call_id)?.receiver.take()
    }

    fn oversized(&self) -> MutexGuard<'_, HashMap<i64, Vec<u8>>> {
        self.oversized.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<i64, AbortChannel>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
