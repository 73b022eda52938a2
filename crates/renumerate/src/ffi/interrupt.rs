//! Looking up from a blocking call now and then: whether the language's own signals want it to end.

use std::future::pending;
use std::time::Duration;

use tokio::time::sleep;

/// Soon enough for somebody who presses Ctrl-C, and never in a call of ordinary length.
const EVERY: Duration = Duration::from_millis(50);

/// Asks now and then, and ends with what ends the call.
pub async fn poll_interrupts<S>(mut ask: impl FnMut() -> InterruptPoll<S>) -> S {
    loop {
        sleep(EVERY).await;
        match ask() {
            InterruptPoll::Continue => {}
            InterruptPoll::Interrupt(with) => return with,
            InterruptPoll::Disarm => return pending().await,
        }
    }
}

/// What is to become of a call that is under way.
#[derive(Debug)]
pub enum InterruptPoll<S> {
    /// It goes on; ask again.
    Continue,
    /// It goes on; there is no need to ask again.
    Disarm,
    /// It ends here.
    Interrupt(S),
}
