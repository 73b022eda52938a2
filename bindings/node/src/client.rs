//! Client behind the class `Renumerate`. Its calls run on the background thread and report to the event loop.

#![expect(clippy::too_many_arguments, reason = "separate arguments avoid creating an object for each call")]

use std::sync::Arc;

use napi::bindgen_prelude::{Either, Env, Function, ObjectFinalize};
use napi_derive::napi;
use renumerate::ffi::{Logs, SessionRequest, start_call};
use renumerate::{
    CallOptions, Client, ClientBuilder, OptionValue, Result, RetentionSessionRequest,
    SubscriptionSessionRequest,
};

use crate::calls::{Calls, CallsInner};
use crate::error_json;
use crate::settings::{Settings, builder};

/// Client whose calls belong to one JavaScript environment.
#[napi(custom_finalize)]
pub struct NativeClient {
    client: Client,
    calls: Arc<CallsInner>,
}

/// Approximate memory of a client with an open connection, in bytes. It is reported to the garbage collector, which
/// sees only a small object and would otherwise let thousands of unused clients accumulate.
const EXTERNAL_MEMORY: i64 = 64 * 1024;

/// Creates a client. Returns the fields of the error as JSON if a setting is invalid.
#[napi(catch_unwind)]
pub(crate) fn make_client(env: Env, calls: &Calls, settings: Settings) -> Either<NativeClient, String> {
    match builder(settings).and_then(ClientBuilder::<Client>::build) {
        Ok(client) => {
            let _best_effort = env.adjust_external_memory(EXTERNAL_MEMORY);
            Either::A(NativeClient { client, calls: calls.inner() })
        }
        Err(error) => Either::B(error_json(&error)),
    }
}

impl ObjectFinalize for NativeClient {
    fn finalize(self, env: Env) -> napi::Result<()> {
        env.adjust_external_memory(-EXTERNAL_MEMORY).map(drop)
    }
}

#[napi]
impl NativeClient {
    /// Base URL of the service, or `undefined` while the private key is missing.
    #[napi(getter, catch_unwind)]
    pub fn base_url(&self) -> Option<&str> {
        self.client.base_url()
    }

    /// Starts a call. Returns the number of the call, or the fields of an error as JSON if the call cannot start.
    ///
    /// `timeout` is in milliseconds. While calls are in progress, `listener` is called when events are ready. It must
    /// take the events with `Calls.take`. If `listens` is true, the log records of the call are also delivered as
    /// events.
    #[napi(catch_unwind)]
    pub fn start(
        &self,
        env: Env,
        listener: Function<'_, (), ()>,
        subscription: bool,
        customer_id: Option<String>,
        customer_email: Option<String>,
        subscription_id: Option<String>,
        timeout: Option<f64>,
        max_retries: Option<f64>,
        listens: bool,
    ) -> Either<u32, String> {
        let params = [
            ("customer_id", customer_id),
            ("customer_email", customer_email),
            ("subscription_id", subscription_id),
        ];
        let started = call_options(timeout, max_retries).and_then(|options| {
            if subscription {
                let request = SubscriptionSessionRequest::from_fields(params)?;
                self.start_request(env, &listener, request, options, listens)
            } else {
                let request = RetentionSessionRequest::from_fields(params)?;
                self.start_request(env, &listener, request, options, listens)
            }
        });
        match started {
            Ok(number) => Either::A(number),
            Err(error) => Either::B(error_json(&error)),
        }
    }
}

impl NativeClient {
    fn start_request<R: SessionRequest>(
        &self,
        env: Env,
        listener: &Function<'_, (), ()>,
        request: R,
        options: CallOptions,
        listens: bool,
    ) -> Result<u32> {
        self.calls.start(env, listener, |number| {
            let events = self.calls.events();
            let logs = listens.then(|| {
                let events = Arc::clone(&events);
                Logs::new(move |record| events.add(|batch| batch.log(number, &record)))
            });
            let on_end = move |result| events.add(|batch| batch.end(number, &result));
            start_call(self.client.clone(), request, options, logs, on_end)
        })
    }
}

fn call_options(timeout: Option<f64>, max_retries: Option<f64>) -> Result<CallOptions> {
    let mut options = CallOptions::new();
    if let Some(timeout) = timeout {
        options = options.option("timeout", OptionValue::Milliseconds(timeout))?;
    }
    if let Some(retries) = max_retries {
        options = options.option("max_retries", retries)?;
    }
    Ok(options)
}
