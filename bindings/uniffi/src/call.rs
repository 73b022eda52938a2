//! Client whose calls are objects that are awaited and cancelled individually.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use renumerate::ffi::{AbortHandle, Closable, SessionRequest, internal_error, start_call};
use renumerate::{CallOptions, Client};
use tokio::sync::oneshot;

use crate::log_buffer::LogBuffer;
use crate::records::{Failure, Outcome, Request, Settings};
use crate::requests::{AnyRequest, validate};
use crate::settings::builder;

/// A client whose calls are awaited one by one.
#[derive(uniffi::Object)]
pub struct CallClient {
    client: Closable<Client>,
}

/// A call under way.
#[derive(uniffi::Object)]
pub struct Call {
    outcome: Mutex<Option<oneshot::Receiver<Outcome>>>,
    in_flight: Mutex<Option<AbortHandle>>,
    cancelled: AtomicBool,
}

#[uniffi::export]
impl CallClient {
    /// A client with these settings.
    ///
    /// # Errors
    ///
    /// A setting cannot be used.
    #[uniffi::constructor]
    pub fn new(private_key: Option<String>, settings: Settings) -> Result<Self, Failure> {
        let client = Closable::new(builder(private_key, settings, None)?.build()?);
        Ok(Self { client })
    }

    /// Checks the request, and starts its call.
    ///
    /// # Errors
    ///
    /// The request or an option cannot be used, or the client is closed.
    pub fn start(&self, request: Request) -> Result<Call, Failure> {
        let client = self.client.client()?;
        let listens = request.listens;
        let (request, options) = validate(request)?;
        Ok(match request {
            AnyRequest::Retention(request) => Call::start(client, request, options, listens),
            AnyRequest::Subscription(request) => Call::start(client, request, options, listens),
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

#[uniffi::export]
impl Call {
    /// What comes of it, for the one who asks first: neither a session nor a failure, where it was cancelled. It waits for
    /// the background thread to say so, and does no work of the call.
    ///
    /// # Errors
    ///
    /// Nothing has come of it, which is a flaw.
    pub async fn result(&self) -> Result<Outcome, Failure> {
        let receiver = self.outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        let outcome = match receiver {
            Some(receiver) => receiver.await.ok(),
            None => None,
        };
        if self.cancelled.load(Ordering::Acquire) {
            return Ok(Outcome::aborted(NUMBER));
        }
        Ok(outcome.ok_or_else(internal_error)?)
    }

    /// Ends it where it is, and closes its connection.
    pub fn cancel(&self) {
        let in_flight = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(call) = in_flight {
            self.cancelled.store(true, Ordering::Release);
            call.abort();
        }
    }
}

/// Number in the outcomes of this client: its calls are objects, so that no number identifies them.
const NUMBER: i64 = 0;

impl Call {
    fn start<R: SessionRequest>(
        client: Client,
        request: R,
        options: CallOptions,
        listens: bool,
    ) -> renumerate::Result<Self> {
        let log_buffer = listens.then(LogBuffer::default);
        let logs = log_buffer.as_ref().map(LogBuffer::listener);
        let (sender, receiver) = oneshot::channel();
        let on_end = move |result: renumerate::Result<_>| {
            let lines = log_buffer.map(|buffer| buffer.take()).unwrap_or_default();
            let _receiver_dropped = sender.send(Outcome::of(NUMBER, &result, lines));
        };
        let call = start_call(client, request, options, logs, on_end)?;
        Ok(Self {
            outcome: Mutex::new(Some(receiver)),
            in_flight: Mutex::new(Some(call)),
            cancelled: AtomicBool::new(false),
        })
    }
}
