//! The requests that came, as JSON that is written while it is read: they may be large together, and readers many.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;

use crate::ledger::fingerprint;
use crate::router::Shared;

/// A piece is sent when it has got so large.
const PIECE_BYTES: usize = 16 * 1024;

/// `{"requests": […]}`, of one key or of all.
pub(crate) fn listing(shared: Arc<Shared>, key: Option<&str>) -> Response {
    let end = shared.memory().ledger.end();
    let mut listing = Listing { shared, key: key.map(fingerprint), next: 0, end, begun: false, over: false };
    // What fits into one piece has a length that can be told.
    let piece = listing.piece("{\"requests\":[");
    let body = if listing.over {
        Body::from(piece)
    } else {
        Body::new(Rest { first: Some(piece), listing, waits: true })
    };
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

struct Listing {
    shared: Arc<Shared>,
    key: Option<String>,
    next: usize,
    end: usize,
    begun: bool,
    over: bool,
}

impl Listing {
    /// The next records, those among them that have not been forgotten meanwhile.
    fn piece(&mut self, before: &str) -> Bytes {
        let mut piece = before.to_owned();
        let memory = self.shared.memory();
        for (number, record) in memory.ledger.from(self.next) {
            if number >= self.end || piece.len() >= PIECE_BYTES {
                break;
            }
            self.next = number + 1;
            if !record.is_of(self.key.as_deref()) {
                continue;
            }
            if let Ok(json) = serde_json::to_string(&record.shown(&memory.open)) {
                piece.push_str(if self.begun { "," } else { "" });
                piece.push_str(&json);
                self.begun = true;
            }
        }
        self.over = piece.len() < PIECE_BYTES;
        if self.over {
            piece.push_str("]}");
        }
        piece.into()
    }
}

struct Rest {
    first: Option<Bytes>,
    listing: Listing,
    waits: bool,
}

impl HttpBody for Rest {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // Others have their turn between two pieces.
        self.waits = !self.waits;
        if self.waits {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let piece = match self.first.take() {
            Some(first) => first,
            None if self.listing.over => return Poll::Ready(None),
            None => self.listing.piece(""),
        };
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}
