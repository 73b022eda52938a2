//! Export of the request log as JSON. The JSON text is created while it is sent, because the log may be large.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::redact::fingerprint;
use crate::state::AppState;

/// Minimum size of every chunk except the last, in bytes.
const CHUNK_BYTES: usize = 16 * 1024;

/// Returns a response with `{"requests": […]}`: the requests with this key, or all requests if `key` is `None`.
pub(super) fn export_requests(state: Arc<AppState>, key: Option<&str>) -> Response {
    let end = state.store().requests().end();
    let key = key.map(fingerprint);
    let mut export = Export { state, key, next: 0, end, is_first: true, is_complete: false };
    // If the first chunk contains all requests, it is the complete body, so the response has a content-length.
    let first = export.chunk("{\"requests\":[");
    let body = if export.is_complete {
        Body::from(first)
    } else {
        Body::from_stream(stream::unfold((Some(first), export), async |(first, mut export)| {
            // Lets other tasks of the runtime run between two chunks.
            tokio::task::yield_now().await;
            let chunk = match first {
                Some(first) => first,
                None if export.is_complete => return None,
                None => export.chunk(""),
            };
            Some((Ok::<_, Infallible>(chunk), (None, export)))
        }))
    };
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

struct Export {
    state: Arc<AppState>,
    /// Fingerprint of the key whose requests are exported; `None` for all requests.
    key: Option<String>,
    /// Number of the next request to export.
    next: usize,
    /// Number at which the export ends. The request with this number is not exported.
    end: usize,
    is_first: bool,
    is_complete: bool,
}

impl Export {
    /// Returns the next chunk, which starts with `prefix`. The export omits requests that were evicted from the log
    /// after the export started.
    fn chunk(&mut self, prefix: &str) -> Bytes {
        let mut chunk = prefix.to_owned();
        let store = self.state.store();
        for (number, record) in store.requests().iter_from(self.next) {
            if number >= self.end || chunk.len() >= CHUNK_BYTES {
                break;
            }
            self.next = number + 1;
            if !record.has_key(self.key.as_deref()) {
                continue;
            }
            if let Ok(json) = serde_json::to_string(&store.with_connection_state(record)) {
                chunk.push_str(if self.is_first { "" } else { "," });
                chunk.push_str(&json);
                self.is_first = false;
            }
        }
        self.is_complete = chunk.len() < CHUNK_BYTES;
        if self.is_complete {
            chunk.push_str("]}");
        }
        chunk.into()
    }
}
