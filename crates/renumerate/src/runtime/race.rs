//! A race between a call and the event that ends it early.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// The call's end, or what came before it.
pub async fn race<T, S>(call: impl Future<Output = T>, stop: impl Future<Output = S>) -> Result<T, S> {
    let (mut call, mut stop) = (pin!(call), pin!(stop));
    poll_fn(|context| match call.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Ok(done)),
        Poll::Pending => stop.as_mut().poll(context).map(Err),
    })
    .await
}
