//! What happens, as server-sent events. Each is read out of the ledger when it is sent: a listener that reads slowly costs
//! no more than its next piece.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::assets::safe_headers;
use super::changes::{Change, Changes};
use super::here::FromHere;
use super::telling::{Exchange, told_of};
use crate::router::{Memory, Shared, error};

/// How many may listen at a time.
const LISTENERS_MAX: usize = 64;

/// How many requests and how many sessions a listener is told of that happened before it came.
const TOLD_FROM_BEFORE: usize = 100;

/// How many changes a listener has before it.
const AHEAD: usize = 256;

/// A piece is sent when it has got so large.
const PIECE_BYTES: usize = 16 * 1024;

/// What happens within this time is told together: a request changes several times until it is answered.
const TOGETHER: Duration = Duration::from_millis(20);

/// A listener that hears nothing for longer may take the sandbox for dead, and so may what is between them.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) async fn events(_: FromHere, State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let Some(listener) = Listener::new(&shared, last) else {
        let reason = format!("{LISTENERS_MAX} pages listen already: close some of them");
        return error(StatusCode::SERVICE_UNAVAILABLE, &reason);
    };
    let pieces = stream::unfold(listener, async |mut listener| {
        let piece = listener.next().await;
        Some((Ok::<_, Infallible>(piece), listener))
    });
    ([(CONTENT_TYPE, "text/event-stream")], safe_headers(), Body::from_stream(pieces)).into_response()
}

struct Listener {
    shared: Arc<Shared>,
    heard: watch::Receiver<()>,
    /// What is told next; none of it is read yet.
    ahead: VecDeque<(Option<u64>, Change)>,
    /// Where it goes on after that; `None` where the latest state must be told first.
    position: Option<u64>,
    /// The latest state is being told.
    catching_up: bool,
}

impl Listener {
    fn new(shared: &Arc<Shared>, last: Option<&str>) -> Option<Self> {
        let memory = shared.memory();
        let changes = memory.changes.as_ref().filter(|changes| changes.listeners() < LISTENERS_MAX)?;
        let position = last.and_then(|id| changes.position(id));
        let heard = changes.listen();
        let shared = Arc::clone(shared);
        Some(Self { shared, heard, ahead: VecDeque::new(), position, catching_up: false })
    }

    /// Waits for the next piece. There is always one: the sandbox ends the connection when it ends.
    async fn next(&mut self) -> Bytes {
        loop {
            self.heard.mark_unchanged();
            if let Some(piece) = self.piece() {
                return piece.into();
            }
            if timeout(KEEP_ALIVE, self.heard.changed()).await.is_err() {
                return Bytes::from_static(b": nothing new\n\n");
            }
            sleep(TOGETHER).await;
        }
    }

    /// The next events, if there are any.
    fn piece(&mut self) -> Option<String> {
        let shared = Arc::clone(&self.shared);
        let memory = shared.memory();
        let changes = memory.changes.as_ref()?;
        let mut piece = String::new();
        while piece.len() < PIECE_BYTES {
            if let Some((position, change)) = self.ahead.pop_front() {
                let id = position.map(|position| changes.id(position));
                self.tell(&memory, &change, id.as_deref(), &mut piece);
            } else if self.catching_up {
                self.catching_up = false;
                let id = self.position.map(|position| changes.id(position));
                event(&mut piece, "ready", id.as_deref(), &json!({}));
            } else if !self.look_ahead(&memory, changes, &mut piece) {
                break;
            }
        }
        (!piece.is_empty()).then_some(piece)
    }

    /// Finds what is to be told next, if there is anything.
    fn look_ahead(&mut self, memory: &Memory, changes: &Changes, piece: &mut String) -> bool {
        if let Some(next) = self.position.and_then(|position| changes.from(position, AHEAD)) {
            self.position = next.back().map(|(position, _)| *position).or(self.position);
            self.ahead = next.into_iter().map(|(position, change)| (Some(position), change)).collect();
            return !self.ahead.is_empty();
        }
        // It is new, too far behind, or all was forgotten. Until it has heard the whole state, no event has an id that it
        // could go on from.
        let numbers = memory.ledger.end().saturating_sub(TOLD_FROM_BEFORE)..memory.ledger.end();
        let requests = numbers.map(Change::Request);
        let sessions: Vec<_> = memory.mint.latest().take(TOLD_FROM_BEFORE).cloned().collect();
        let sessions = sessions.into_iter().rev().map(Change::Session);
        self.ahead = requests.chain(sessions).map(|change| (None, change)).collect();
        self.position = Some(changes.end());
        self.catching_up = true;
        event(piece, "reset", None, &json!({"now_ms": self.shared.now_ms()}));
        true
    }

    /// Reads what has changed as it is now; what was forgotten meanwhile is not told.
    fn tell(&self, memory: &Memory, change: &Change, id: Option<&str>, piece: &mut String) {
        match change {
            Change::Request(number) => {
                if let Some(record) = memory.ledger.record(*number) {
                    let reply = memory.replies.find(*number);
                    event(piece, "request", id, &Exchange::new(*number, record, reply, &self.shared.keys));
                }
            }
            Change::Session(session_id) => {
                if let Some(session) = memory.mint.find(session_id) {
                    event(piece, "session", id, &told_of(session_id, session, &self.shared.keys));
                }
            }
        }
    }
}

fn event(piece: &mut String, name: &str, id: Option<&str>, data: &impl Serialize) {
    let Ok(json) = serde_json::to_string(data) else { return };
    if let Some(id) = id {
        let _infallible = writeln!(piece, "id: {id}");
    }
    // JSON is one line.
    let _infallible = write!(piece, "event: {name}\ndata: {json}\n\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SandboxBuilder;

    #[tokio::test(start_paused = true)]
    async fn who_hears_nothing_hears_that_it_lives() {
        let shared =
            SandboxBuilder::default().workbench(true).shared("http://127.0.0.1:1".to_owned()).unwrap();
        let mut listener = Listener::new(&shared, None).unwrap();
        let state = String::from_utf8(listener.next().await.to_vec()).unwrap();
        assert!(
            state.starts_with("event: reset\n") && state.ends_with("event: ready\ndata: {}\n\n"),
            "{state}"
        );
        for _ in 0..3 {
            let before = tokio::time::Instant::now();
            assert_eq!(listener.next().await, ": nothing new\n\n");
            assert_eq!(before.elapsed(), KEEP_ALIVE);
        }
    }
}
