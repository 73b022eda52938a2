//! Capture of the sandbox's responses for the dashboard, while the responses are sent.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderValue;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};

use super::change_log::Change;
use super::responses::{BODY_MAX_BYTES, CapturedResponse};
use super::state::Log;

/// Stores the headers of a response in the log. Returns the response with a body that is stored in the log while it is
/// sent. `key`, the key in the request, is redacted, because the response may repeat the key.
pub(super) fn capture(
    log: &Arc<Log>,
    number: usize,
    key: Option<&HeaderValue>,
    response: Response,
) -> Response {
    let keys: Vec<String> =
        key.map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned()).into_iter().collect();
    let (head, body) = response.into_parts();
    log.entries().responses.push(number, CapturedResponse::new(&head.headers, &keys));
    let log = Arc::clone(log);
    let body = CapturedBody { body, log, number, keys, beginning: Vec::new(), bytes: 0, unreported: false };
    Response::from_parts(head, Body::new(body))
}

/// Response body whose beginning is stored in the log while the body is sent. If the client closes the connection
/// early, the part that was not sent is not stored either.
#[derive(Debug)]
struct CapturedBody {
    body: Body,
    log: Arc<Log>,
    /// Number of the request.
    number: usize,
    keys: Vec<String>,
    beginning: Vec<u8>,
    bytes: u64,
    /// Whether bytes were sent since the last call of `report`.
    unreported: bool,
}

impl CapturedBody {
    fn sent(&mut self, data: &Bytes) {
        self.bytes += data.len() as u64;
        self.unreported = true;
        // Only a complete key is recognized and redacted. A key may start just before `BODY_MAX_BYTES`, so the limit
        // includes space for the rest of the key.
        let max_bytes = BODY_MAX_BYTES + self.keys.iter().map(String::len).sum::<usize>();
        let remaining = max_bytes.saturating_sub(self.beginning.len());
        if remaining > 0 {
            self.beginning.extend_from_slice(data.get(..remaining).unwrap_or(data));
            self.report();
        }
    }

    fn report(&mut self) {
        let beginning = Bytes::copy_from_slice(&self.beginning);
        let mut entries = self.log.entries();
        entries
            .responses
            .update(self.number, |response| response.set_body(&beginning, self.bytes, &self.keys));
        entries.changes.push(Change::Request(self.number));
        self.unreported = false;
    }
}

impl Drop for CapturedBody {
    fn drop(&mut self) {
        if self.unreported {
            self.report();
        }
    }
}

impl HttpBody for CapturedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
            self.sent(data);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
