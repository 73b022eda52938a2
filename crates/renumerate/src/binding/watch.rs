//! Looking up from a blocking call now and then: whether the language's own signals want it to end.

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::time::Duration;

use std::task::Poll;
use tokio::time::sleep;

/// Soon enough for somebody who presses Ctrl-C, and never in a call of ordinary length.
const EVERY: Duration = Duration::from_millis(50);

/// Asks now and then, and ends with what ends the call.
pub async fn watch<S>(mut ask: impl FnMut() -> Watch<S>) -> S {
    loop {
        sleep(EVERY).await;
        match ask() {
            Watch::GoOn => {}
            Watch::Stop(with) => return with,
            Watch::NeverAsk => return pending().await,
        }
    }
}

/// What is to become of a call that is under way.
#[derive(Debug)]
pub enum Watch<S> {
    /// It goes on; ask again.
    GoOn,
    /// It goes on; there is no need to ask again.
    NeverAsk,
    /// It ends here.
    Stop(S),
}

/// The call's end, or what came before it.
pub async fn race<T, S>(call: impl Future<Output = T>, stop: impl Future<Output = S>) -> Result<T, S> {
    let (mut call, mut stop) = (pin!(call), pin!(stop));
    poll_fn(|context| match call.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Ok(done)),
        Poll::Pending => stop.as_mut().poll(context).map(Err),
    })
    .await
}
