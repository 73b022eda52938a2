//! A long body that is made while it is read.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

/// A piece is about so large, unless the text is larger.
const PIECE_BYTES: usize = 16 * 1024;

/// A text that comes many times.
pub(crate) struct Repeated {
    piece: Bytes,
    left: usize,
}

impl Repeated {
    pub(crate) fn new(text: &[u8], times: usize) -> Self {
        let at_once = (PIECE_BYTES / text.len().max(1)).clamp(1, times.max(1));
        Self { piece: text.repeat(at_once).into(), left: text.len().saturating_mul(times) }
    }
}

impl HttpBody for Repeated {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // The pieces hold whole texts, and so does what is left.
        let piece = self.piece.slice(..self.piece.len().min(self.left));
        self.left -= piece.len();
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left as u64)
    }
}
