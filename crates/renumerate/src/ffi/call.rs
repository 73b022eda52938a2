//! A call on the background thread, which ends for its caller whatever happens to it.

use std::marker::PhantomData;

use super::argument_errors::internal_error;
use super::background::{AbortHandle, start};
use super::logs::Logs;
use crate::client::Client;
use crate::config::CallOptions;
use crate::error::Result;
use crate::model::{Session, SessionRequest};

/// Drives a call in the background, and tells how it ended: also where it panics, since nobody must wait for ever, and
/// where it is aborted, which nobody need hear.
///
/// # Errors
///
/// As [`start`].
pub fn start_call<R: SessionRequest>(
    client: Client,
    request: R,
    options: CallOptions,
    logs: Option<Logs>,
    tell: impl FnOnce(Result<Session<R::Kind>>) + Send + 'static,
) -> Result<AbortHandle> {
    let call = told(client, request, options, tell);
    match logs {
        Some(logs) => start(logs.of(call)),
        None => start(call),
    }
}

/// A call that tells how it ended. The memory for its way it takes when it begins: calls wait for the thread, and many that
/// are aborted meanwhile must not hold it for nothing.
fn told<R: SessionRequest>(
    client: Client,
    request: R,
    options: CallOptions,
    tell: impl FnOnce(Result<Session<R::Kind>>),
) -> impl Future<Output = ()> {
    let mut ending = CompletionGuard { tell: Some(tell), told: PhantomData };
    async move {
        let end = Box::pin(client.create(&request, &options)).await;
        ending.tell(end);
    }
}

/// How a call's end is told, once.
struct CompletionGuard<S, F: FnOnce(Result<S>)> {
    tell: Option<F>,
    told: PhantomData<fn(S)>,
}

impl<S, F: FnOnce(Result<S>)> CompletionGuard<S, F> {
    fn tell(&mut self, end: Result<S>) {
        if let Some(tell) = self.tell.take() {
            tell(end);
        }
    }
}

impl<S, F: FnOnce(Result<S>)> Drop for CompletionGuard<S, F> {
    fn drop(&mut self) {
        self.tell(Err(internal_error()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Customer, RetentionSessionRequest};

    #[test]
    fn a_call_that_waits_for_its_turn_is_small() {
        let client = Client::new("sk_test").unwrap();
        let request = || RetentionSessionRequest::new(Customer::by_id("cus_1").unwrap());
        let under_way = size_of_val(&client.create(&request(), &CallOptions::new()));
        let waits = size_of_val(&told(client.clone(), request(), CallOptions::new(), drop));
        assert!(waits < 512 && under_way > 2 * waits, "{waits} bytes, and {under_way} when it has begun");
    }
}
