//! Native client behind the class `Renumerate`. Its calls run on the background thread of the core, which passes their
//! results to the event loop.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::UNIX_EPOCH;

use napi::bindgen_prelude::{Either, Env, Function, ObjectFinalize};
use napi_derive::napi;
use renumerate::ffi::{
    AnyRequest, LogLevel, Logs, TokenRequest, create_handshake_token, log_rejected_call, log_rejected_token,
    option_type_error, parameter_type_error, start_call, unknown_parameter, unknown_token_parameter,
};
use renumerate::{Client, ClientBuilder, Error, HandshakeToken, Result};
use serde_json::to_string;

use crate::calls::{Calls, CallsInner};
use crate::event_batch::LogJson;
use crate::settings::{Settings, builder, call_options};
use crate::{EndpointKind, NAME_STYLE, error_json};

/// Client whose calls belong to one JavaScript environment (the main thread or a worker).
#[napi(custom_finalize)]
pub struct NativeClient {
    client: Client,
    calls: Arc<CallsInner>,
}

/// Signed handshake token.
#[napi(object, object_from_js = false)]
pub struct NativeToken {
    /// Token in plain text.
    pub token: String,
    /// Time after which the service rejects the token, in milliseconds since the Unix epoch.
    pub expires_at: i64,
}

/// Error of a handshake token that could not be created.
#[napi(object, object_from_js = false)]
pub struct RejectedToken {
    /// Fields of the error, as JSON.
    pub error: String,
    /// Log record, as JSON.
    pub record: String,
}

impl From<HandshakeToken> for NativeToken {
    fn from(token: HandshakeToken) -> Self {
        let expires_at = token.expires_at().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        Self { token: token.token().to_owned(), expires_at: i64::try_from(expires_at).unwrap_or(i64::MAX) }
    }
}

/// Approximate memory of a client with an open connection, in bytes. It is reported to the garbage collector. Without
/// this report, the garbage collector would see only a small object and let thousands of unused clients accumulate.
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
    /// Base URL of the service, or `null` while the private key is missing.
    #[napi(getter, catch_unwind)]
    pub fn base_url(&self) -> Option<&str> {
        self.client.base_url()
    }

    /// Starts a call and returns its id. The events of the call include its error if it cannot start.
    ///
    /// In `parameters` and `options`, names and values alternate; times are in milliseconds. While calls are in
    /// progress, `listener` is called when events are ready. It must take the events with `Calls.take`. If
    /// `collect_logs` is true, the log records of the call are also delivered as events.
    #[napi(catch_unwind)]
    pub fn start(
        &self,
        env: Env,
        listener: Function<'_, (), ()>,
        kind: EndpointKind,
        parameters: Vec<String>,
        options: Vec<Either<String, f64>>,
        collect_logs: bool,
    ) -> u32 {
        let client = Ok(self.client.clone());
        let request = request(kind, parameters).and_then(|request| Ok((request, call_options(options)?)));
        self.calls.start(env, &listener, |call_id| {
            let events = self.calls.events();
            let logs = collect_logs.then(|| {
                let events = Arc::clone(&events);
                Logs::new(LogLevel::Trace, move |record| events.add(|batch| batch.log(call_id, &record)))
            });
            let on_end = move |result| events.add(|batch| batch.end(call_id, &result));
            let call = start_call(client, kind.into(), request, logs.as_ref(), on_end.clone());
            // The error is delivered like that of a call that has started, after the log records.
            call.map_err(|error| on_end(Err(error))).ok()
        })
    }

    /// Creates a handshake token without a request to the service. In `parameters`, names and values alternate. If a
    /// parameter or a key is invalid, returns the error with its log record.
    #[napi(catch_unwind)]
    pub fn create_handshake_token(&self, parameters: Vec<String>) -> Either<NativeToken, RejectedToken> {
        let request = fields(parameters, unknown_token_parameter).and_then(TokenRequest::from_fields);
        match create_handshake_token(Ok(self.client.clone()), request, None) {
            Ok(token) => Either::A(token.into()),
            Err(error) => Either::B(RejectedToken {
                error: error_json(&error),
                record: record_json(|logs| log_rejected_token(Some(logs), &error)),
            }),
        }
    }

    /// Returns the log record of a call that the TypeScript code has rejected, as JSON: because of a parameter if
    /// `is_parameter` is true, else because of an option. `field` is its name. Without a kind, the code has rejected a
    /// handshake token.
    #[napi(catch_unwind)]
    pub fn rejection_record(&self, kind: Option<EndpointKind>, is_parameter: bool, field: String) -> String {
        let name = NAME_STYLE.option(&field).map_or(field, str::to_owned);
        let error = if is_parameter { parameter_type_error } else { option_type_error }(&name, "", "");
        record_json(|logs| match kind {
            Some(kind) => log_rejected_call(logs, &self.client, kind.into(), &error),
            None => log_rejected_token(Some(logs), &error),
        })
    }
}

/// Returns the record that `log` emits, as JSON.
fn record_json(log: impl FnOnce(&Logs)) -> String {
    let (sender, records) = channel();
    log(&Logs::new(LogLevel::Trace, move |record| drop(sender.send(record))));
    let record = records.try_recv().ok();
    to_string(&record.as_ref().map(LogJson::from)).unwrap_or_default() // strings and numbers always serialize
}

/// Creates a request. In `parameters`, names and values alternate.
fn request(kind: EndpointKind, parameters: Vec<String>) -> Result<AnyRequest> {
    let kind = kind.into();
    AnyRequest::from_fields(kind, fields(parameters, |name| unknown_parameter(kind, name))?)
}

/// Spells the names of parameters as the core does. In `parameters`, names and values alternate.
fn fields(
    parameters: Vec<String>,
    unknown: impl Fn(&str) -> Error,
) -> Result<Vec<(&'static str, Option<String>)>> {
    let mut fields = Vec::with_capacity(parameters.len() / 2);
    let mut items = parameters.into_iter();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        let known = NAME_STYLE.parameter(&name).ok_or_else(|| unknown(&name))?;
        fields.push((known, Some(value)));
    }
    Ok(fields)
}
