//! A call on the background thread, which ends for its caller whatever happens to it.

use std::marker::PhantomData;

use super::background::{InFlight, start};
use super::logs::Logs;
use super::misuse::lost;
use crate::builder::CallOptions;
use crate::client::Client;
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
) -> Result<InFlight> {
    let mut ending = Ending { tell: Some(tell), told: PhantomData };
    let call = async move {
        let end = client.create(&request, &options).await;
        ending.tell(end);
    };
    match logs {
        Some(logs) => start(logs.of(call)),
        None => start(call),
    }
}

/// How a call's end is told, once.
struct Ending<S, F: FnOnce(Result<S>)> {
    tell: Option<F>,
    told: PhantomData<fn(S)>,
}

impl<S, F: FnOnce(Result<S>)> Ending<S, F> {
    fn tell(&mut self, end: Result<S>) {
        if let Some(tell) = self.tell.take() {
            tell(end);
        }
    }
}

impl<S, F: FnOnce(Result<S>)> Drop for Ending<S, F> {
    fn drop(&mut self) {
        self.tell(Err(lost()));
    }
}
