//! A body that a script spells out, made while it is read: of its text there is one copy, however many are told it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

use crate::filling::Filling;

/// A piece of a short text that comes many times is about so large.
const PIECE_BYTES: usize = 4 * 1024;

/// A text that comes once or many times, with its placeholders filled in.
pub(crate) struct Written {
    text: Bytes,
    filling: Option<Filling>,
    /// Where the text goes on after what is at hand.
    at: usize,
    at_hand: Bytes,
    left: usize,
}

impl Written {
    pub(crate) fn new(text: &Bytes, times: usize, filling: Option<Filling>) -> Self {
        let length = filling.as_ref().map_or(text.len(), |filling| filling.length(text));
        let at_once = (PIECE_BYTES / text.len().max(1)).clamp(1, times.max(1));
        // All pieces but the last hold whole texts, and so does what is left.
        let text = if at_once > 1 { text.repeat(at_once).into() } else { text.clone() };
        Self { text, filling, at: 0, at_hand: Bytes::new(), left: length.saturating_mul(times) }
    }

    /// How much is to come.
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    /// Leaves away what would come after so much.
    pub(crate) fn cut(&mut self, length: usize) {
        self.left = self.left.min(length);
    }

    /// The next piece, no longer than this; an empty one at the end.
    pub(crate) fn next(&mut self, most: usize) -> Bytes {
        while self.at_hand.is_empty() && self.left > 0 {
            self.go_on();
        }
        let piece = self.at_hand.split_to(self.at_hand.len().min(self.left).min(most));
        self.left -= piece.len();
        piece
    }

    /// Has something at hand: what comes before the next placeholder, or its value.
    fn go_on(&mut self) {
        if self.at >= self.text.len() {
            self.at = 0;
        }
        let rest = self.text.slice(self.at..);
        (self.at, self.at_hand) = match self.filling.as_ref().and_then(|filling| filling.first(&rest)) {
            Some((0, name, value)) => (self.at + name, value.clone()),
            Some((before, ..)) => (self.at + before, rest.slice(..before)),
            None => (self.text.len(), rest),
        };
    }
}

impl HttpBody for Written {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.next(usize::MAX);
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(mut body: Written, most: usize) -> String {
        let pieces: Vec<Bytes> =
            std::iter::from_fn(|| Some(body.next(most)).filter(|piece| !piece.is_empty())).collect();
        String::from_utf8(pieces.concat()).unwrap()
    }

    #[test]
    fn placeholders_are_filled_in_each_time() {
        let text = Bytes::from_static(b"a ${key}${host}, ${base_url} ${kex} $");
        let filled = "a KEYh:1, http://h:1 ${kex} $";
        for (times, most) in [(1, usize::MAX), (3, usize::MAX), (3, 1), (1000, 7)] {
            let filling = Filling::new("KEY", "http://h:1").unwrap();
            let body = Written::new(&text, times, Some(filling));
            assert_eq!(body.left(), filled.len() * times);
            assert_eq!(whole(body, most), filled.repeat(times));
        }
        assert_eq!(whole(Written::new(&text, 2, None), 5).as_bytes(), text.repeat(2));
    }

    #[test]
    fn what_is_filled_in_with_nothing_ends() {
        let body =
            Written::new(&Bytes::from_static(b"${key}"), 5, Some(Filling::new("", "http://h").unwrap()));
        assert_eq!(whole(body, 1), "");
    }

    #[test]
    fn a_text_is_not_copied() {
        let text = Bytes::from(vec![b'x'; 100_000]);
        let piece = Written::new(&text, 1, None).next(usize::MAX);
        assert_eq!(piece.as_ptr(), text.as_ptr());
    }
}
