//! Calls of bindings, on the executor thread or on the calling thread. Which kind of session a call creates is known
//! only at run time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::argument_errors::internal_error;
use super::background::{AbortHandle, start};
use super::logs::Logs;
use crate::blocking;
use crate::client::Client;
use crate::config::CallOptions;
use crate::error::Result;
use crate::model::{AnyRequest, AnySession};

/// Client whose calls can run on the executor thread.
pub trait BackgroundCalls: Send + 'static {
    /// Sends a request, and returns the session that the service creates.
    fn create_any(
        &self,
        request: &AnyRequest,
        options: &CallOptions,
    ) -> impl Future<Output = Result<AnySession>> + Send;
}

impl BackgroundCalls for Client {
    async fn create_any(&self, request: &AnyRequest, options: &CallOptions) -> Result<AnySession> {
        self.create_any(request.endpoint, &request.parameters, options).await
    }
}

impl BackgroundCalls for blocking::Client {
    async fn create_any(&self, request: &AnyRequest, options: &CallOptions) -> Result<AnySession> {
        self.create_any(request.endpoint, &request.parameters, options).await
    }
}

/// Starts a call on the executor thread and passes its result to `on_complete`.
///
/// If the call panics or is aborted, `on_complete` gets [`internal_error`], so that no caller waits forever.
///
/// # Errors
///
/// The errors of [`start`]. `on_complete` also runs once in this case.
pub fn start_call(
    client: impl BackgroundCalls,
    request: AnyRequest,
    options: CallOptions,
    logs: Option<Logs>,
    on_complete: impl FnOnce(Result<AnySession>) + Send + 'static,
) -> Result<AbortHandle> {
    let call = call_future(client, request, options, on_complete);
    let start_call = || match logs {
        Some(logs) => start(logs.instrument(call)),
        None => start(call),
    };
    catch_unwind(AssertUnwindSafe(start_call)).unwrap_or_else(|_| Err(internal_error()))
}

/// Runs a call on the calling thread. If the future of `stop` completes before the call, the call is aborted. A binding
/// uses `stop` to end a call early, for example after a signal.
///
/// If the call panics, the result is [`internal_error`], because a panic must not reach the other language.
///
/// # Errors
///
/// The output of `stop` if it completes first. The errors of the call itself are in the inner result.
pub fn create_unless<S: Send>(
    client: &blocking::Client,
    request: &AnyRequest,
    options: &CallOptions,
    stop: impl AsyncFnMut() -> S + Send,
) -> std::result::Result<Result<AnySession>, S> {
    let create = || client.create_any_unless(request.endpoint, &request.parameters, options, stop);
    // A panic can leave no state of the client inconsistent: its locks are taken for single operations only.
    catch_unwind(AssertUnwindSafe(create)).unwrap_or_else(|_| Ok(Err(internal_error())))
}

/// Returns the future of a call. The future allocates the state of the call when it is polled for the first time. So a
/// call that is still queued takes little memory.
fn call_future(
    client: impl BackgroundCalls,
    request: AnyRequest,
    options: CallOptions,
    on_complete: impl FnOnce(Result<AnySession>),
) -> impl Future<Output = ()> {
    let mut guard = CompletionGuard(Some(on_complete));
    async move {
        let result = Box::pin(client.create_any(&request, &options)).await;
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
    use crate::model::EndpointKind;
    use std::sync::mpsc::channel;

    fn request() -> AnyRequest {
        AnyRequest::from_fields(EndpointKind::Retention, [("customer_id", Some("cus_1"))]).unwrap()
    }

    /// Rules: E14
    #[test]
    fn aborted_call_reports_an_internal_error() {
        let (sender, results) = channel();
        let client = Client::new("sk_test").unwrap();
        drop(call_future(client, request(), CallOptions::new(), move |result| sender.send(result).unwrap()));
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
        let result = create_unless(&client.unwrap(), &request(), &CallOptions::new(), stop);
        assert_eq!(result.unwrap().unwrap_err().code(), "internal");
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
        let first = start_call(client.clone(), request(), CallOptions::new(), None, drop).unwrap();
        let _connection = listener.accept().unwrap();
        let options = CallOptions::new().timeout(std::time::Duration::from_millis(50));
        let on_complete = move |result| sender.send(result).unwrap();
        let _second = start_call(client.clone(), request(), options.clone(), None, on_complete).unwrap();
        let never = async || std::future::pending::<()>().await;
        let third = create_unless(&client, &request(), &options, never).unwrap();
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
        let logs = Logs::new(move |record| sender.send(record.message).unwrap());
        for _ in 0..2 {
            let never = async || std::future::pending::<()>().await;
            logs.scope(|| create_unless(&client, &request(), &CallOptions::new(), never))
                .unwrap()
                .unwrap_err();
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
        let queued = size_of_val(&call_future(client.clone(), request(), CallOptions::new(), drop));
        assert!(queued < 512 && started > 2 * queued, "queued: {queued} bytes, started: {started} bytes");
    }
}
