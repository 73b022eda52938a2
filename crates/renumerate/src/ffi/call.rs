//! Calls of bindings, on the executor thread or on the calling thread. Which kind of session a call creates is known
//! only at run time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::argument_errors::internal_error;
use super::background::{AbortHandle, start_with};
use super::logs::Logs;
use crate::blocking;
use crate::call::Clock;
use crate::client::Client;
use crate::config::CallOptions;
use crate::error::{Error, Result};
use crate::handshake::HandshakeToken;
use crate::log::{log_failed_call, log_failed_token};
use crate::model::endpoint::EndpointKind;
use crate::model::{AnyRequest, AnySession, TokenRequest};
use crate::runtime::TokioClock;

/// Client whose calls can run on the executor thread.
pub trait BackgroundCalls: Clone + Send + 'static {
    /// Sends a request, and returns the session that the service creates.
    fn create_any(
        &self,
        request: &AnyRequest,
        options: &CallOptions,
    ) -> impl Future<Output = Result<AnySession>> + Send;

    /// Creates a handshake token.
    fn create_handshake_token(&self, request: &TokenRequest) -> Result<HandshakeToken>;

    /// Returns the host of the service for log records, or `None` if the client is not built yet.
    fn host(&self) -> Option<&str>;
}

impl BackgroundCalls for Client {
    async fn create_any(&self, request: &AnyRequest, options: &CallOptions) -> Result<AnySession> {
        self.create_any(request.endpoint, &request.parameters, options).await
    }

    fn create_handshake_token(&self, request: &TokenRequest) -> Result<HandshakeToken> {
        self.0.create_handshake_token(&request.customer_id)
    }

    fn host(&self) -> Option<&str> {
        self.0.host()
    }
}

impl BackgroundCalls for blocking::Client {
    async fn create_any(&self, request: &AnyRequest, options: &CallOptions) -> Result<AnySession> {
        self.create_any(request.endpoint, &request.parameters, options).await
    }

    fn create_handshake_token(&self, request: &TokenRequest) -> Result<HandshakeToken> {
        self.0.create_handshake_token(&request.customer_id)
    }

    fn host(&self) -> Option<&str> {
        self.0.host()
    }
}

/// Creates a handshake token on the calling thread.
///
/// # Errors
///
/// The errors of `client`, `request` and the token, which are logged. A panic is [`internal_error`], because it must
/// not reach the other language.
pub fn create_handshake_token(
    client: Result<impl BackgroundCalls>,
    request: Result<TokenRequest>,
    logs: Option<&Logs>,
) -> Result<HandshakeToken> {
    let create = || client?.create_handshake_token(&request?);
    let token = catch_unwind(AssertUnwindSafe(create)).unwrap_or_else(|_| Err(internal_error()));
    token.inspect_err(|error| log_rejected_token(logs, error))
}

/// Logs that a token could not be created, because of this error.
pub fn log_rejected_token(logs: Option<&Logs>, error: &Error) {
    emit(logs, || log_failed_token(error));
}

/// Request with its call options, or the error if one of them is invalid.
pub type CheckedRequest = Result<(AnyRequest, CallOptions)>;

/// Starts a call on the executor thread and passes its result to `on_complete`.
///
/// If the call panics or is aborted, `on_complete` gets [`internal_error`], so that no caller waits forever.
///
/// # Errors
///
/// The error of `client` or `request`, or a retryable network error if the process is out of file descriptors or
/// threads. The error is logged like that of a call. `on_complete` does not run.
pub fn start_call(
    client: Result<impl BackgroundCalls>,
    kind: EndpointKind,
    request: CheckedRequest,
    logs: Option<&Logs>,
    on_complete: impl FnOnce(Result<AnySession>) + Send + 'static,
) -> Result<AbortHandle> {
    let client_for_log = logs.and(client.as_ref().ok()).cloned();
    let start = || {
        let (client, (request, options)) = (client?, request?);
        start_with(|| call_future(client, kind, request, options, logs.cloned(), on_complete))
    };
    catch_unwind(AssertUnwindSafe(start)).unwrap_or_else(|_| Err(internal_error())).inspect_err(|error| {
        let host = client_for_log.as_ref().and_then(BackgroundCalls::host);
        log_failure(logs, kind, host, error, Duration::ZERO);
    })
}

/// Runs a call on the calling thread. If the future of `stop` completes before the call, the call is aborted. A binding
/// uses `stop` to end a call early, for example after a signal.
///
/// If the call panics, the result is [`internal_error`], because a panic must not reach the other language.
///
/// # Errors
///
/// The output of `stop` if it completes first. The errors of the call itself, and those of `client` and `request`, are
/// in the inner result.
pub fn create_unless<S: Send>(
    client: Result<blocking::Client>,
    kind: EndpointKind,
    request: CheckedRequest,
    logs: Option<&Logs>,
    stop: impl AsyncFnMut() -> S + Send,
) -> std::result::Result<Result<AnySession>, S> {
    let (client, request, options) = match (client, request) {
        (Ok(client), Ok((request, options))) => (client, request, options),
        (Ok(client), Err(error)) => {
            log_failure(logs, kind, client.0.host(), &error, Duration::ZERO);
            return Ok(Err(error));
        }
        (Err(error), _) => {
            log_failure(logs, kind, None, &error, Duration::ZERO);
            return Ok(Err(error));
        }
    };
    let create = || client.create_any_unless(request.endpoint, &request.parameters, &options, stop);
    // A panic can leave no state of the client inconsistent: its locks are taken for single operations only.
    let create = || catch_unwind(AssertUnwindSafe(create)).unwrap_or_else(|_| Ok(Err(internal_error())));
    if let Some(logs) = logs.filter(|logs| logs.include_progress()) {
        return logs.scope(create);
    }
    let clock = TokioClock::start();
    let result = create();
    if let Ok(Err(error)) = &result {
        log_failure(logs, kind, client.0.host(), error, clock.now());
    }
    result
}

/// Logs a call of this client that a binding itself has rejected with this error.
pub fn log_rejected_call(logs: &Logs, client: &Client, kind: EndpointKind, error: &Error) {
    log_failure(Some(logs), kind, client.0.host(), error, Duration::ZERO);
}

/// Logs the error of a call that ran without its listener, or that has not started.
fn log_failure(
    logs: Option<&Logs>,
    kind: EndpointKind,
    host: Option<&str>,
    error: &Error,
    elapsed: Duration,
) {
    emit(logs, || log_failed_call(kind.endpoint(), host, error, elapsed));
}

/// Runs `log` with the listener, if there is one. Creating a record can panic for the same reason as the call, for
/// example without a clock. The record is then omitted, because the caller must get the error.
fn emit(logs: Option<&Logs>, log: impl FnOnce()) {
    if let Some(logs) = logs {
        let _omitted = catch_unwind(AssertUnwindSafe(|| logs.scope(log)));
    }
}

/// Returns the future of a call. The future allocates the state of the call when it is polled for the first time. So a
/// call that is still queued takes little memory.
fn call_future(
    client: impl BackgroundCalls,
    kind: EndpointKind,
    request: AnyRequest,
    options: CallOptions,
    logs: Option<Logs>,
    on_complete: impl FnOnce(Result<AnySession>),
) -> impl Future<Output = ()> {
    let mut guard = CompletionGuard(Some(on_complete));
    async move {
        let create = Box::pin(client.create_any(&request, &options));
        let result = match logs {
            Some(logs) if logs.include_progress() => logs.instrument(create).await,
            logs => {
                let clock = TokioClock::start();
                create.await.inspect_err(|error| {
                    log_failure(logs.as_ref(), kind, client.host(), error, clock.now());
                })
            }
        };
        guard.complete(result);
    }
}

/// Guard that calls `on_complete` exactly once: with the result, or with an error if the guard is dropped before there
/// is a result.
struct CompletionGuard<F: FnOnce(Result<AnySession>)>(Option<F>);

impl<F: FnOnce(Result<AnySession>)> CompletionGuard<F> {
    fn complete(&mut self, result: Result<AnySession>) {
        if let Some(on_complete) = self.0.take() {
            on_complete(result);
        }
    }
}

impl<F: FnOnce(Result<AnySession>)> Drop for CompletionGuard<F> {
    fn drop(&mut self) {
        self.complete(Err(internal_error()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::logs::{LogLevel, LogRecord, LogValue};
    use std::sync::mpsc::channel;

    fn request() -> AnyRequest {
        AnyRequest::from_fields(EndpointKind::Retention, [("customer_id", Some("cus_1"))]).unwrap()
    }

    fn create_without_stop(
        client: Result<blocking::Client>,
        request: CheckedRequest,
        logs: &Logs,
    ) -> Result<AnySession> {
        let never = async || std::future::pending::<()>().await;
        create_unless(client, EndpointKind::Retention, request, Some(logs), never).unwrap()
    }

    /// Returns a listener for all levels, and the records that it has received.
    fn recording() -> (Logs, std::sync::mpsc::Receiver<LogRecord>) {
        let (sender, records) = channel();
        (Logs::new(LogLevel::Trace, move |record| sender.send(record).unwrap()), records)
    }

    /// Rules: S18
    #[test]
    fn call_that_cannot_start_is_logged() {
        let kind = EndpointKind::Retention;
        for (code, host) in [("validation", Some("api.renumerate.com")), ("closed", None)] {
            let is_closed = code == "closed";
            let checked = || match code {
                "validation" => Err(Error::validation("customer_id", "it is empty", "set it")),
                _ => Ok((request(), CallOptions::new())),
            };
            let (logs, records) = recording();
            let client = if is_closed { Err(Error::closed()) } else { blocking::Client::new("sk_test") };
            create_without_stop(client, checked(), &logs).unwrap_err();
            let client = if is_closed { Err(Error::closed()) } else { Client::new("sk_test") };
            let on_complete = |_| panic!("the call has not started");
            let error = start_call(client, kind, checked(), Some(&logs), on_complete).unwrap_err();
            assert_eq!(error.code(), code);
            let records: Vec<_> = records.try_iter().collect();
            assert_eq!(records.len(), 2, "{records:?}");
            for LogRecord { level, event, fields, .. } in records {
                assert_eq!((level, event.as_str()), (LogLevel::Info, "call failed"));
                let value =
                    |name| fields.iter().find(|field| field.0 == name).map(|field| field.1.to_string());
                assert_eq!(value("endpoint").as_deref(), Some("retention"));
                assert_eq!(value("outcome").as_deref(), Some(code));
                assert_eq!(value("host").as_deref(), host);
                assert!(fields.contains(&("attempt", LogValue::Number(0))), "{fields:?}");
            }
        }
    }

    /// Client whose calls fail: with `closed` if they run without a listener, else with `internal`. Tokens panic.
    #[derive(Clone)]
    struct FailingCalls;

    impl BackgroundCalls for FailingCalls {
        async fn create_any(&self, _: &AnyRequest, _: &CallOptions) -> Result<AnySession> {
            Err(if is_listening() { internal_error() } else { Error::closed() })
        }

        fn create_handshake_token(&self, _: &TokenRequest) -> Result<HandshakeToken> {
            panic!("expected by this test")
        }

        fn host(&self) -> Option<&str> {
            Some("example.com")
        }
    }

    fn is_listening() -> bool {
        tracing::enabled!(target: "renumerate", tracing::Level::WARN)
    }

    /// Rules: S18
    #[test]
    fn call_above_debug_level_runs_without_listener_and_logs_its_failure() {
        let kind = EndpointKind::Retention;
        for (level, listens) in [(LogLevel::Info, false), (LogLevel::Debug, true)] {
            let (sender, records) = channel();
            let logs = Logs::new(level, move |record| sender.send(record).unwrap());
            let (sender, results) = channel();
            let on_complete =
                move |result: Result<AnySession>| sender.send(result.unwrap_err().code()).unwrap();
            let checked = Ok((request(), CallOptions::new()));
            start_call(Ok(FailingCalls), kind, checked, Some(&logs), on_complete).unwrap();
            assert_eq!(results.recv().unwrap(), if listens { "internal" } else { "closed" });

            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            drop(listener);
            let client = blocking::Client::builder().private_key("sk_test").base_url(&url).max_retries(0);
            let stop = async || {
                assert_eq!(is_listening(), listens);
                std::future::pending::<()>().await;
            };
            let checked = Ok((request(), CallOptions::new()));
            let error = create_unless(client.build(), kind, checked, Some(&logs), stop).unwrap().unwrap_err();
            assert_eq!(error.code(), "network");

            let ends: Vec<_> = records.try_iter().filter(|record| record.event == "call failed").collect();
            let hosts =
                ends.iter().map(|record| record.fields.iter().find(|field| field.0 == "host").unwrap());
            let hosts: Vec<_> = hosts.map(|field| field.1.to_string()).collect();
            let own_host = url.trim_start_matches("http://");
            assert_eq!(hosts, if listens { vec![own_host] } else { vec!["example.com", own_host] });
        }
    }

    /// Rules: E14
    #[test]
    fn aborted_call_reports_an_internal_error() {
        let (sender, results) = channel();
        let client = Client::new("sk_test").unwrap();
        let on_complete = move |result| sender.send(result).unwrap();
        drop(call_future(client, EndpointKind::Retention, request(), CallOptions::new(), None, on_complete));
        let error = results.recv().unwrap().unwrap_err();
        assert_eq!((error.code(), error.field(), error.retryable()), ("internal", None, false));
        assert!(error.to_string().contains("please report it"), "{error}");
    }

    /// Rules: E14
    #[test]
    fn panic_during_a_call_is_an_internal_error() {
        let client =
            blocking::Client::builder().private_key("sk_test").base_url("http://127.0.0.1:1").build();
        let stop = async || -> () { panic!("expected by this test") };
        let result =
            create_unless(client, EndpointKind::Retention, Ok((request(), CallOptions::new())), None, stop);
        assert_eq!(result.unwrap().unwrap_err().code(), "internal");
    }

    /// Rules: E14
    #[test]
    fn panic_during_the_creation_of_a_token_is_an_internal_error() {
        let request = TokenRequest::from_fields([("customer_id", Some("cus_1"))]);
        let (logs, records) = recording();
        let error = create_handshake_token(Ok(FailingCalls), request, Some(&logs)).unwrap_err();
        assert_eq!(error.code(), "internal");
        let messages: Vec<_> = records.try_iter().map(|record| record.message()).collect();
        assert_eq!(messages, ["renumerate: token failed outcome=internal"]);
    }

    /// Rules: S20
    #[test]
    fn background_calls_of_a_blocking_client_share_its_slots() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let client = blocking::Client::builder().private_key("sk_test").base_url(url).max_connections(1);
        let client = client.build().unwrap();
        let (sender, results) = channel();
        // The listener never responds, so this call keeps the slot.
        let kind = EndpointKind::Retention;
        let checked = |options| Ok((request(), options));
        let first = start_call(Ok(client.clone()), kind, checked(CallOptions::new()), None, drop).unwrap();
        let _connection = listener.accept().unwrap();
        let options = CallOptions::new().timeout(Duration::from_millis(50));
        let on_complete = move |result| sender.send(result).unwrap();
        let _second =
            start_call(Ok(client.clone()), kind, checked(options.clone()), None, on_complete).unwrap();
        let never = async || std::future::pending::<()>().await;
        let third = create_unless(Ok(client), kind, checked(options), None, never).unwrap();
        for result in [results.recv().unwrap(), third] {
            let error = result.unwrap_err();
            assert!(error.to_string().contains("max_connections"), "{error}");
        }
        first.abort();
    }

    /// Rules: S13, S18
    #[test]
    fn unusable_certificates_of_the_host_are_logged_once() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || listener.incoming().for_each(drop));
        let client = blocking::Client::builder().private_key("sk_test").base_url(url).max_retries(0);
        let client = client.host_ca_file("/nowhere/host.pem").build().unwrap();
        let (sender, lines) = channel();
        let logs = Logs::new(LogLevel::Trace, move |record| sender.send(record.message()).unwrap());
        for _ in 0..2 {
            create_without_stop(Ok(client.clone()), Ok((request(), CallOptions::new())), &logs).unwrap_err();
        }
        let warnings = lines.try_iter().filter(|line| line.contains("/nowhere/host.pem")).count();
        assert_eq!(warnings, 1);
    }

    #[test]
    fn queued_call_is_smaller_than_a_started_call() {
        let client = Client::new("sk_test").unwrap();
        let options = CallOptions::new();
        let AnyRequest { endpoint, parameters } = request();
        let started = size_of_val(&client.create_any(endpoint, &parameters, &options));
        let call =
            call_future(client.clone(), EndpointKind::Retention, request(), CallOptions::new(), None, drop);
        let queued = size_of_val(&call);
        assert!(queued < 512 && started > 2 * queued, "queued: {queued} bytes, started: {started} bytes");
    }
}
