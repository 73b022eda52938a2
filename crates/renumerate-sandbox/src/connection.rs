//! One connection: what it waits for, and how it can be made to end.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How a connection ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As a server does that has had enough: the peer reads the end of the stream.
    Close,
    /// As a server does that has crashed: the peer's reads and writes fail.
    Reset,
}

/// What is known of a connection by those who answer on it, and those who watch over it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) number: u64,
    /// Who is at its other end, where the workbench may be asked for on it.
    #[cfg_attr(not(feature = "widgets"), expect(dead_code, reason = "the workbench alone asks"))]
    pub(crate) peer: Option<IpAddr>,
    reset: AtomicBool,
    end: Notify,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When it last moved: was opened, read from, written to.
    moved: Instant,
    /// Since when a request has been coming in.
    request_since: Option<Instant>,
    /// Since when bytes have been waiting for the client to take them.
    blocked_since: Option<Instant>,
    /// Since when a request has been waiting for room to be read.
    waits_since: Option<Instant>,
    /// When it is closed, whatever goes on.
    close_at: Option<Instant>,
    /// A request has come and its answer is not over.
    answering: bool,
    /// The latest request has not been read to its end.
    unread: bool,
}

impl Connection {
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn new(number: u64) -> Arc<Self> {
        Self::with_peer(number, None)
    }

    pub(crate) fn with_peer(number: u64, peer: Option<IpAddr>) -> Arc<Self> {
        let state = State {
            moved: Instant::now(),
            request_since: None,
            blocked_since: None,
            waits_since: None,
            close_at: None,
            answering: false,
            unread: false,
        };
        let reset = AtomicBool::new(false);
        Arc::new(Self { number, peer, reset, end: Notify::new(), state: Mutex::new(state) })
    }

    /// Ends the connection now, whatever it is in the middle of.
    pub(crate) fn end(&self, ending: Ending) {
        self.reset.store(ending == Ending::Reset, Ordering::Relaxed);
        self.end.notify_one();
    }

    /// Waits until somebody ends it.
    pub(crate) async fn ended(&self) {
        self.end.notified().await;
    }

    pub(crate) fn is_reset(&self) -> bool {
        self.reset.load(Ordering::Relaxed)
    }

    /// Bytes have come: a request begins, unless one is being answered.
    pub(crate) fn read(&self) {
        let mut state = self.state();
        state.moved = Instant::now();
        if !state.answering {
            state.begin_request();
        }
    }

    /// A head has come whole, perhaps with bytes that came along with the request before it.
    pub(crate) fn head_came(&self) {
        self.state().begin_request();
    }

    /// A request has come whole. From now on it is the server's turn, for as long as that takes.
    pub(crate) fn request_came(&self) {
        let mut state = self.state();
        (state.request_since, state.unread, state.answering) = (None, false, true);
    }

    /// There is no room for the request: the client cannot go on.
    pub(crate) fn waits_for_room(&self) {
        self.state().waits_since = Some(Instant::now());
    }

    /// There is room. The wait was not the client's.
    pub(crate) fn has_room(&self) {
        let mut state = self.state();
        if let (Some(waited), Some(since)) = (state.waits_since.take(), state.request_since) {
            state.request_since = since.checked_add(waited.elapsed());
        }
    }

    /// Closes the connection after a time, even in the middle of something.
    pub(crate) fn close_after(&self, wait: Duration) {
        let mut state = self.state();
        // A time that no clock reaches is never.
        let at = Instant::now().checked_add(wait);
        state.close_at = state.close_at.into_iter().chain(at).min();
    }

    /// There is an answer, even where the request has not been read to its end.
    pub(crate) fn answer_begins(&self) {
        let mut state = self.state();
        (state.request_since, state.answering) = (None, true);
    }

    pub(crate) fn answer_ends(&self) {
        self.state().answering = false;
    }

    pub(crate) fn wrote(&self) {
        let mut state = self.state();
        (state.moved, state.blocked_since) = (Instant::now(), None);
    }

    /// The client does not take what is written.
    pub(crate) fn blocked(&self) {
        self.state().blocked_since.get_or_insert_with(Instant::now);
    }

    /// Whether the client may still be sending what nobody reads.
    pub(crate) fn is_unread(&self) -> bool {
        self.state().unread
    }

    /// When the connection ends: the client must have moved, where it is its turn, or a script has it so.
    pub(crate) fn deadline(&self, client_timeout: Duration) -> Option<Instant> {
        let state = self.state();
        let request_since = state.request_since.filter(|_| state.waits_since.is_none());
        let since = [request_since, state.blocked_since].into_iter().flatten().min();
        let patience = since.and_then(|since| since.checked_add(client_timeout));
        patience.into_iter().chain(state.close_at).min()
    }

    /// When it last moved.
    pub(crate) fn moved(&self) -> Instant {
        self.state().moved
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
