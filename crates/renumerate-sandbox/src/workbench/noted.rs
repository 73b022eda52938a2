//! Answers on their way: what the workbench shows of them is taken down.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::HeaderValue;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};

use super::replies::{BODY_MAX_BYTES, Reply};
use crate::router::Shared;

/// An answer of the contract: its body is in memory, and is taken down with its status.
pub(crate) async fn whole(
    response: Response,
    shared: &Shared,
    number: usize,
    key: Option<&HeaderValue>,
) -> Response {
    let keys = keys(key);
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default(); // it is in memory
    let mut reply = Reply::new(&head.headers, &keys);
    reply.body_is(&body, body.len() as u64, &keys);
    shared.memory().answered_with(number, head.status.as_u16(), reply);
    Response::from_parts(head, Body::from(body))
}

/// The key that the request came with: an answer may repeat it.
fn keys(key: Option<&HeaderValue>) -> Vec<String> {
    key.map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned()).into_iter().collect()
}

/// A body that is taken down as far as it was asked for: a client that hangs up has not seen the rest.
#[derive(Debug)]
pub(crate) struct Noted {
    body: Body,
    shared: Arc<Shared>,
    number: usize,
    keys: Vec<String>,
    beginning: Vec<u8>,
    bytes: u64,
    /// What was sent since it was last taken down.
    untold: bool,
}

impl Noted {
    /// A scripted answer, taken down while it is sent.
    pub(crate) fn take(
        response: Response,
        shared: &Arc<Shared>,
        number: usize,
        key: Option<&HeaderValue>,
    ) -> Response {
        let keys = keys(key);
        let (head, body) = response.into_parts();
        let reply = Reply::new(&head.headers, &keys);
        shared.memory().answered_with(number, head.status.as_u16(), reply);
        let shared = Arc::clone(shared);
        let noted = Self { body, shared, number, keys, beginning: Vec::new(), bytes: 0, untold: false };
        Response::from_parts(head, Body::new(noted))
    }

    fn sent(&mut self, data: &Bytes) {
        self.bytes += data.len() as u64;
        self.untold = true;
        // Enough for a key that begins in what is kept.
        let most = BODY_MAX_BYTES + self.keys.iter().map(String::len).sum::<usize>();
        let room = most - self.beginning.len().min(most);
        if room > 0 {
            self.beginning.extend_from_slice(data.get(..room).unwrap_or(data));
            self.tell();
        }
    }

    fn tell(&mut self) {
        let beginning = Bytes::copy_from_slice(&self.beginning);
        let mut memory = self.shared.memory();
        memory.replies.amend(self.number, |reply| reply.body_is(&beginning, self.bytes, &self.keys));
        memory.request_changed(self.number);
        drop(memory);
        self.untold = false;
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        if self.untold {
            self.tell();
        }
    }
}

impl HttpBody for Noted {
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
