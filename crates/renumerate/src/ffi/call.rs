//! A call on the executor thread that always reports a result to its caller.

use std::marker::PhantomData;

use super::argument_errors::internal_error;
use super::background::{AbortHandle, start};
use super::logs::Logs;
use crate::client::Client;
use crate::config::CallOptions;
use crate::error::Result;
use crate::model::{Session, SessionRequest};

/// Starts a call on the executor thread and passes its result to `on_complete`.
///
/// If the call panics or is aborted, `on_complete` gets [`internal_error`], so that no caller waits forever.
///
/// # Errors
///
/// The errors of [`start`]. `on_complete` also runs once in this case.
pub fn start_call<R: SessionRequest>(
    client: Client,
    request: R,
    options: CallOptions,
    logs: Option<Logs>,
    on_complete: impl FnOnce(Result<Session<R::Kind>>) + Send + 'static,
) -> Result<AbortHandle> {
    let call = call_future(client, request, options, on_complete);
    match logs {
        Some(logs) => start(logs.instrument(call)),
        None => start(call),
    }
}

/// Returns the future of a call. The future allocates the state of the call only at its first poll, so a queued call
/// takes little memory.
fn call_future<R: SessionRequest>(
    client: Client,
    request: R,
    options: CallOptions,
    on_complete: impl FnOnce(Result<Session<R::Kind>>),
) -> impl Future<Output = ()> {
    let mut guard = CompletionGuard { on_complete: Some(on_complete), result: PhantomData };
    async move {
        let result = Box::pin(client.create(&request, &options)).await;
        guard.complete(result);
    }
}

/// Guard that calls `on_complete` exactly once: with the result, or with an error if the guard is dropped before there
/// is a result.
struct CompletionGuard<S, F: FnOnce(Result<S>)> {
    on_complete: Option<F>,
    result: PhantomData<fn(S)>,
}

impl<S, F: FnOnce(Result<S>)> CompletionGuard<S, F> {
    fn complete(&mut self, result: Result<S>) {
        if let Some(on_complete) = self.on_complete.take() {
            on_complete(result);
        }
    }
}

impl<S, F: FnOnce(Result<S>)> Drop for CompletionGuard<S, F> {
    fn drop(&mut self) {
        self.complete(Err(internal_error()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Customer, RetentionSessionRequest};

    #[test]
    fn queued_call_is_smaller_than_a_started_call() {
        let client = Client::new("sk_test").unwrap();
        let request = || RetentionSessionRequest::new(Customer::by_id("cus_1").unwrap());
        let started = size_of_val(&client.create(&request(), &CallOptions::new()));
        let queued = size_of_val(&call_future(client.clone(), request(), CallOptions::new(), drop));
        assert!(queued < 512 && started > 2 * queued, "queued: {queued} bytes, started: {started} bytes");
    }
}
