//! Server-sent events for requests and sessions. An event is created only when it is sent. A slow listener therefore
//! needs little memory.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::sleep;

use super::assets::safe_headers;
use super::change_log::Change;
use super::event_view::{RequestEvent, session_event};
use super::local_only::LocalPeer;
use super::state::{DashboardState, LogEntries};
use crate::api::error;
use crate::state::Store;

/// Maximum number of listeners.
const MAX_LISTENERS: usize = 64;

/// Maximum number of earlier requests that a new listener receives. The same maximum applies to earlier sessions.
const MAX_EARLIER: usize = 100;

/// Maximum number of changes that a listener reads from the log at a time.
const LOOKAHEAD: usize = 256;

/// Delay before changes are sent. If a request changes several times within the delay, only one event is sent.
const COALESCING_DELAY: Duration = Duration::from_millis(20);

/// Interval at which comment lines are sent, which keep idle connections open.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) async fn events(
    _: LocalPeer,
    State(state): State<Arc<DashboardState>>,
    headers: HeaderMap,
) -> Response {
    let last_id = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let Some(listener) = Listener::new(&state, last_id) else {
        let reason = format!("{MAX_LISTENERS} pages are open already; close some of them");
        return error(StatusCode::SERVICE_UNAVAILABLE, &reason);
    };
    let events = stream::unfold(listener, async |mut listener| {
        let event = listener.next().await;
        Some((Ok::<_, Infallible>(event), listener))
    });
    (safe_headers(), Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))).into_response()
}

struct Listener {
    state: Arc<DashboardState>,
    updates: watch::Receiver<()>,
    /// Changes to send next, each with the log position after the change. The position of a change is `None` if the
    /// change is part of the current state.
    ahead: VecDeque<(Option<usize>, Change)>,
    /// Log position after the changes in `ahead`; `None` if the current state must be sent first.
    position: Option<usize>,
    /// Whether `ahead` contains the current state instead of changes from the log.
    catching_up: bool,
}

impl Listener {
    /// Creates a listener that continues after the event with the id `last_id`. If there is no id, or the id is not
    /// from this log, the listener starts with the current state. Returns `None` if there are too many listeners.
    fn new(state: &Arc<DashboardState>, last_id: Option<&str>) -> Option<Self> {
        let entries = state.log.entries();
        let changes = &entries.changes;
        if changes.listeners() >= MAX_LISTENERS {
            return None;
        }
        let position = last_id.and_then(|id| changes.position(id));
        let updates = changes.listen();
        let state = Arc::clone(state);
        Some(Self { state, updates, ahead: VecDeque::new(), position, catching_up: false })
    }

    /// Waits for the next event. There is no last event: the stream ends when the sandbox closes the connection.
    async fn next(&mut self) -> Event {
        loop {
            self.updates.mark_unchanged();
            if let Some(event) = self.next_event() {
                return event;
            }
            // `changed` cannot fail, because the change log keeps the sender.
            let _always_open = self.updates.changed().await;
            sleep(COALESCING_DELAY).await;
        }
    }

    /// Returns the next event, if there is one.
    fn next_event(&mut self) -> Option<Event> {
        let state = Arc::clone(&self.state);
        let store = state.app.store();
        let entries = state.log.entries();
        loop {
            if let Some((position, change)) = self.ahead.pop_front() {
                let id = position.map(|position| entries.changes.id(position));
                if let Some(event) = self.render(&store, &entries, &change, id) {
                    return Some(event);
                }
            } else if self.catching_up {
                self.catching_up = false;
                return event(
                    "ready",
                    self.position.map(|position| entries.changes.id(position)),
                    &json!({}),
                );
            } else if let Some(next) =
                self.position.and_then(|position| entries.changes.since(position, LOOKAHEAD))
            {
                self.position = Some(next.back()?.0);
                self.ahead = next.into_iter().map(|(position, change)| (Some(position), change)).collect();
            } else {
                return self.catch_up(&store, &entries);
            }
        }
    }

    /// Starts to send the current state from the beginning. The events for the state have no ids, because a listener
    /// that reconnects cannot resume from the middle of the state.
    fn catch_up(&mut self, store: &Store, entries: &LogEntries) -> Option<Event> {
        let end = store.requests().end();
        let requests = (end.saturating_sub(MAX_EARLIER)..end).map(Change::Request);
        let sessions: Vec<_> = store.sessions().latest().take(MAX_EARLIER).cloned().collect();
        let sessions = sessions.into_iter().rev().map(Change::Session);
        self.ahead = requests.chain(sessions).map(|change| (None, change)).collect();
        self.position = Some(entries.changes.end());
        self.catching_up = true;
        event("reset", None, &json!({"now_ms": self.state.app.now_ms()}))
    }

    /// Creates the event for a change. Returns `None` if the changed request or session was evicted from the store.
    fn render(
        &self,
        store: &Store,
        entries: &LogEntries,
        change: &Change,
        id: Option<String>,
    ) -> Option<Event> {
        let keys = &self.state.app.settings.keys;
        match change {
            Change::Request(number) => {
                let record = store.requests().get(*number)?;
                let response = entries.responses.get(*number);
                event("request", id, &RequestEvent::new(*number, record, response, keys))
            }
            Change::Session(session_id) => {
                let session = store.sessions().get(session_id)?;
                event("session", id, &session_event(session_id, session, keys))
            }
            Change::Reset => None,
        }
    }
}

fn event(name: &str, id: Option<String>, data: &impl Serialize) -> Option<Event> {
    let event = Event::default().event(name).json_data(data).ok()?;
    Some(match id {
        Some(id) => event.id(id),
        None => event,
    })
}
