//! State of one connection, and the ways to close it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Ways to close a connection early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseMode {
    /// The client reads the end of the stream.
    Graceful,
    /// The client's reads and writes fail.
    Reset,
}

/// State of one connection, shared by its socket, its handlers and its timeouts.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) number: u64,
    /// Address of the client, if it is known.
    #[cfg_attr(not(feature = "widgets"), expect(dead_code, reason = "only the dashboard reads it"))]
    pub(crate) peer: Option<IpAddr>,
    reset: AtomicBool,
    closed: Notify,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Time at which the connection was opened, or at which bytes were last read or written.
    last_activity: Instant,
    /// Start time of the request that is being received; `None` if there is no such request.
    request_since: Option<Instant>,
    /// Time since which a write has been blocked, because the client accepts no more bytes.
    blocked_since: Option<Instant>,
    /// Time since which the request has been waiting for the memory budget.
    waiting_since: Option<Instant>,
    /// Time at which a script closes the connection, even during a request or a response.
    close_at: Option<Instant>,
    /// Whether a response is pending or being sent.
    responding: bool,
    /// Whether the latest request has not been read completely.
    unread: bool,
}

impl Connection {
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn new(number: u64) -> Arc<Self> {
        Self::with_peer(number, None)
    }

    pub(crate) fn with_peer(number: u64, peer: Option<IpAddr>) -> Arc<Self> {
        let state = State {
            last_activity: Instant::now(),
            request_since: None,
            blocked_since: None,
            waiting_since: None,
            close_at: None,
            responding: false,
            unread: false,
        };
        let reset = AtomicBool::new(false);
        Arc::new(Self { number, peer, reset, closed: Notify::new(), state: Mutex::new(state) })
    }

    /// Closes the connection now.
    pub(crate) fn close(&self, mode: CloseMode) {
        self.reset.store(mode == CloseMode::Reset, Ordering::Relaxed);
        self.closed.notify_one();
    }

    /// Waits until [`close`](Self::close) is called.
    pub(crate) async fn closed(&self) {
        self.closed.notified().await;
    }

    pub(crate) fn is_reset(&self) -> bool {
        self.reset.load(Ordering::Relaxed)
    }

    /// Records that bytes were received. If no response is pending, these bytes start or continue a request.
    pub(crate) fn bytes_received(&self) {
        let mut state = self.state();
        state.last_activity = Instant::now();
        if !state.responding {
            state.begin_request();
        }
    }

    /// Records that the headers of a request were received. If they arrived together with the previous request, the new
    /// request starts now.
    pub(crate) fn head_received(&self) {
        self.state().begin_request();
    }

    /// Records that a request was received completely. No client timeout applies until the sandbox writes the response.
    pub(crate) fn request_received(&self) {
        let mut state = self.state();
        (state.request_since, state.unread, state.responding) = (None, false, true);
    }

    /// Records that the request waits for the memory budget. Meanwhile the sandbox does not read, so the client cannot
    /// continue the request.
    pub(crate) fn budget_exhausted(&self) {
        self.state().waiting_since = Some(Instant::now());
    }

    /// Records that the request got a part of the memory budget. The waiting time does not count towards the client's
    /// timeout.
    pub(crate) fn budget_granted(&self) {
        let mut state = self.state();
        if let (Some(waiting), Some(since)) = (state.waiting_since.take(), state.request_since) {
            state.request_since = since.checked_add(waiting.elapsed());
        }
    }

    /// Closes the connection after the time `wait`, even during a request or a response.
    pub(crate) fn close_after(&self, wait: Duration) {
        let mut state = self.state();
        // If `wait` is so long that the clock cannot represent the closing time, no closing time is set.
        let at = Instant::now().checked_add(wait);
        state.close_at = state.close_at.into_iter().chain(at).min();
    }

    /// Records that a response starts, perhaps before the request was read completely.
    pub(crate) fn response_started(&self) {
        let mut state = self.state();
        (state.request_since, state.responding) = (None, true);
    }

    pub(crate) fn response_finished(&self) {
        self.state().responding = false;
    }

    pub(crate) fn bytes_sent(&self) {
        let mut state = self.state();
        (state.last_activity, state.blocked_since) = (Instant::now(), None);
    }

    /// Records that a write is blocked, because the client accepts no more bytes.
    pub(crate) fn write_blocked(&self) {
        self.state().blocked_since.get_or_insert_with(Instant::now);
    }

    /// Returns whether the client may still be sending a request that will not be read.
    pub(crate) fn has_unread_request(&self) -> bool {
        self.state().unread
    }

    /// Returns the time at which the connection must be closed, because a script has set this time or because the
    /// client is too slow; `None` if there is no such time.
    pub(crate) fn deadline(&self, client_timeout: Duration) -> Option<Instant> {
        let state = self.state();
        let request_since = state.request_since.filter(|_| state.waiting_since.is_none());
        let since = [request_since, state.blocked_since].into_iter().flatten().min();
        let timeout = since.and_then(|since| since.checked_add(client_timeout));
        timeout.into_iter().chain(state.close_at).min()
    }

    /// Time of the last activity.
    pub(crate) fn last_activity(&self) -> Instant {
        self.state().last_activity
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin_request(&mut self) {
        self.unread = true;
        self.request_since.get_or_insert_with(Instant::now);
    }
}
