//! Client whose calls are objects that are awaited and cancelled individually.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use renumerate::Client;
use renumerate::ffi::{AbortHandle, Closable, internal_error, start_call};
use tokio::sync::oneshot;

use crate::log_buffer::LogBuffer;
use crate::records::{Failure, Outcome, Request, SettingValue, Settings, TokenOutcome};
use crate::requests::{create_token, validate};
use crate::settings::builder;

/// Client whose calls are awaited individually.
#[derive(uniffi::Object)]
pub struct CallClient {
    client: Closable<Client>,
}

/// A call in progress.
#[derive(uniffi::Object)]
pub struct Call {
    outcome: Mutex<Option<oneshot::Receiver<Outcome>>>,
    in_flight: Mutex<Option<AbortHandle>>,
    cancelled: AtomicBool,
}

#[uniffi::export]
impl CallClient {
    /// Creates a client.
    ///
    /// # Errors
    ///
    /// The private key is missing, or a setting is invalid.
    #[uniffi::constructor]
    pub fn new(private_key: Option<String>, settings: Settings) -> Result<Self, Failure> {
        let client = Closable::new(builder(private_key, settings, None)?.build()?);
        Ok(Self { client })
    }

    /// Starts the call. If the request is invalid or the client is closed, the call has already ended with a failure.
    ///
    /// # Errors
    ///
    /// None. The generated code of a function without errors would end the process if Rust panics.
    pub fn start(&self, request: Request) -> Result<Call, Failure> {
        let log_buffer = request.collect_logs.then(LogBuffer::default);
        let logs = log_buffer.as_ref().map(LogBuffer::listener);
        let kind = request.kind.into();
        let (sender, receiver) = oneshot::channel();
        let lines = log_buffer.clone();
        let on_end = move |result| {
            let outcome = Outcome::of(CALL_ID, result, LogBuffer::take(lines.as_ref()));
            let _receiver_dropped = sender.send(outcome);
        };
        let (call, receiver) =
            match start_call(self.client.client(), kind, validate(request), logs.as_ref(), on_end) {
                Ok(call) => (Some(call), receiver),
                Err(error) => {
                    let (sender, receiver) = oneshot::channel();
                    let outcome = Outcome::of(CALL_ID, Err(error), LogBuffer::take(log_buffer.as_ref()));
                    let _receiver_exists = sender.send(outcome);
                    (None, receiver)
                }
            };
        Ok(Call {
            outcome: Mutex::new(Some(receiver)),
            in_flight: Mutex::new(call),
            cancelled: AtomicBool::new(false),
        })
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

#[uniffi::export]
impl Call {
    /// Waits for the outcome of the call, which runs on the background thread. The outcome of a cancelled call has
    /// neither a session nor a failure. Call this function only once.
    ///
    /// # Errors
    ///
    /// The call has ended without an outcome, which is a bug in this library, or this function was called twice.
    pub async fn result(&self) -> Result<Outcome, Failure> {
        let receiver = self.outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        let outcome = match receiver {
            Some(receiver) => receiver.await.ok(),
            None => None,
        };
        if self.cancelled.load(Ordering::Acquire) {
            return Ok(Outcome::aborted(CALL_ID));
        }
        Ok(outcome.ok_or_else(internal_error)?)
    }

    /// Aborts the call and closes its connection.
    pub fn cancel(&self) {
        let in_flight = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(call) = in_flight {
            self.cancelled.store(true, Ordering::Release);
            call.abort();
        }
    }
}

/// Call id in all outcomes of this client. Its calls are objects, so they need no id.
const CALL_ID: i64 = 0;
