//! The calls behind `Renumerate`: driven on the background thread, with news of them for the event loop.

#![expect(
    clippy::too_many_arguments,
    reason = "an object would have to be made and taken apart for each call"
)]

use std::sync::Arc;

use napi::bindgen_prelude::{Either, Env, Function, ObjectFinalize};
use napi_derive::napi;
use renumerate::ffi::{Logs, SessionRequest, start_call};
use renumerate::{
    CallOptions, Client, OptionValue, Result, RetentionSessionRequest, SubscriptionSessionRequest,
};

use crate::calls::{Calls, Shared};
use crate::json;
use crate::settings::{Settings, builder};

/// A client of the core, whose calls belong to one environment.
#[napi(custom_finalize)]
pub struct NativeClient {
    client: Client,
    calls: Arc<Shared>,
}

/// What a client with a connection weighs, in bytes: JavaScript sees a small object, and would let thousands of them
/// gather before it looks for garbage.
const WEIGHT: i64 = 64 * 1024;

/// A client, or the fields of the error as JSON.
#[napi(catch_unwind)]
pub(crate) fn make_client(env: Env, calls: &Calls, settings: Settings) -> Either<NativeClient, String> {
    match builder(settings).and_then(|builder| builder.build()) {
        Ok(client) => {
            let _a_hint = env.adjust_external_memory(WEIGHT);
            Either::A(NativeClient { client, calls: calls.shared() })
        }
        Err(error) => Either::B(json(&error)),
    }
}

impl ObjectFinalize for NativeClient {
    fn finalize(self, env: Env) -> napi::Result<()> {
        env.adjust_external_memory(-WEIGHT).map(drop)
    }
}

#[napi]
impl NativeClient {
    /// Where the service is, once there is a key.
    #[napi(getter, catch_unwind)]
    pub fn base_url(&self) -> Option<&str> {
        self.client.base_url()
    }

    /// Starts a call, and returns its number, or the fields of the error as JSON. The timeout is in milliseconds. While
    /// there are calls, `listener` is called when there is news; it must take them.
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
        let fields = [
            ("customer_id", customer_id),
            ("customer_email", customer_email),
            ("subscription_id", subscription_id),
        ];
        let started = options(timeout, max_retries).and_then(|options| {
            if subscription {
                self.begin(env, &listener, SubscriptionSessionRequest::from_fields(fields)?, options, listens)
            } else {
                self.begin(env, &listener, RetentionSessionRequest::from_fields(fields)?, options, listens)
            }
        });
        match started {
            Ok(number) => Either::A(number),
            Err(error) => Either::B(json(&error)),
        }
    }
}

impl NativeClient {
    fn begin<R: SessionRequest>(
        &self,
        env: Env,
        listener: &Function<'_, (), ()>,
        request: R,
        options: CallOptions,
        listens: bool,
    ) -> Result<u32> {
        self.calls.start(env, listener, |number| {
            let news = self.calls.news();
            let logs = listens.then(|| {
                let news = Arc::clone(&news);
                Logs::new(move |record| news.add(|batch| batch.log(number, &record)))
            });
            let tell = move |end| news.add(|batch| batch.end(number, &end));
            start_call(self.client.clone(), request, options, logs, tell)
        })
    }
}

fn options(timeout: Option<f64>, max_retries: Option<f64>) -> Result<CallOptions> {
    let mut options = CallOptions::new();
    if let Some(timeout) = timeout {
        options = options.option("timeout", OptionValue::Milliseconds(timeout))?;
    }
    if let Some(retries) = max_retries {
        options = options.option("max_retries", retries)?;
    }
    Ok(options)
}
