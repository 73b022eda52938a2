//! Runs a call until it completes or until another event ends it early.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Polls `call` and `stop` until either completes. If both are ready, `call` wins.
///
/// # Errors
///
/// The output of `stop`, if `stop` completes first. `call` is then dropped.
pub async fn race<T, S>(call: impl Future<Output = T>, stop: impl Future<Output = S>) -> Result<T, S> {
    let (mut call, mut stop) = (pin!(call), pin!(stop));
    poll_fn(|context| match call.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Ok(output)),
        Poll::Pending => stop.as_mut().poll(context).map(Err),
    })
    .await
}
