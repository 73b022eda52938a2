//! Polling for interrupts during a blocking call, for languages with their own signal handling.

use std::future::pending;
use std::time::Duration;

use tokio::time::sleep;

/// Time between polls. It is short enough for a prompt reaction to Ctrl-C, and long enough that a call of typical
/// length ends before the first poll.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Calls `poll` every 50 ms until `poll` returns [`InterruptPoll::Interrupt`], and returns the value in that result.
/// The caller of this function then aborts the call of the SDK. After [`InterruptPoll::Disarm`], the future never
/// completes.
pub async fn poll_interrupts<S>(mut poll: impl FnMut() -> InterruptPoll<S>) -> S {
    loop {
        sleep(POLL_INTERVAL).await;
        match poll() {
            InterruptPoll::Continue => {}
            InterruptPoll::Interrupt(reason) => return reason,
            InterruptPoll::Disarm => return pending().await,
        }
    }
}

/// Result of one poll for interrupts during a call.
#[derive(Debug)]
pub enum InterruptPoll<S> {
    /// The call continues with further polls.
    Continue,
    /// The call continues without further polls.
    Disarm,
    /// The call ends with this value.
    Interrupt(S),
}
