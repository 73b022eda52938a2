//! A body that a script spells out, made while it is read: of its text there is one copy, however many are told it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

use crate::filling::{Filling, LONGEST, Placeholders};

/// A piece of a short text that comes many times is about so large.
const PIECE_BYTES: usize = 4 * 1024;

/// How far placeholders are looked for at a time.
const AHEAD_BYTES: usize = 16 * 1024;

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
    pub(crate) fn new(text: &Bytes, times: usize) -> Self {
        let left = text.len().saturating_mul(times);
        let at_once = (PIECE_BYTES / text.len().max(1)).clamp(1, times.max(1));
        // All pieces but the last hold whole texts, and so does what is left.
        let text = if at_once > 1 { text.repeat(at_once).into() } else { text.clone() };
        Self { text, filling: None, at: 0, at_hand: Bytes::new(), left }
    }

    /// With its placeholders filled in, of which it has so many.
    pub(crate) fn filled(text: &Bytes, times: usize, filling: Filling, placeholders: &Placeholders) -> Self {
        let left = filling.length(text.len(), placeholders).saturating_mul(times);
        Self { filling: Some(filling), left, ..Self::new(text, times) }
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
        let Some(filling) = &self.filling else {
            (self.at, self.at_hand) = (self.text.len(), rest);
            return;
        };
        // A client that reads little costs little: what it does not ask for is not looked at.
        let ahead = rest.slice(..rest.len().min(AHEAD_BYTES));
        let (length, at_hand) = match filling.first(&ahead) {
            Some((0, name, value)) => (name, value.clone()),
            Some((before, ..)) => (before, ahead.slice(..before)),
            None if ahead.len() == rest.len() => (rest.len(), rest),
            // The end may be the beginning of a placeholder.
            None => (AHEAD_BYTES - LONGEST, ahead.slice(..AHEAD_BYTES - LONGEST)),
        };
        (self.at, self.at_hand) = (self.at + length, at_hand);
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

    fn filled(text: &str, times: usize, key: &str) -> Written {
        let filling = Filling::new(key, "http://h:1").unwrap();
        Written::filled(&Bytes::from(text.to_owned()), times, filling, &Placeholders::of(text))
    }

    #[test]
    fn placeholders_are_filled_in_each_time() {
        let (text, whole_text) = ("a ${key}${host}, ${base_url} ${kex} $", "a KEYh:1, http://h:1 ${kex} $");
        for (times, most) in [(1, usize::MAX), (3, usize::MAX), (3, 1), (1000, 7)] {
            let body = filled(text, times, "KEY");
            assert_eq!(body.left(), whole_text.len() * times);
            assert_eq!(whole(body, most), whole_text.repeat(times));
        }
        assert_eq!(whole(filled("${key}", 5, ""), 1), "");
        assert_eq!(whole(Written::new(&Bytes::from_static(b"${key}"), 2), 5), "${key}${key}");
    }

    #[test]
    fn a_placeholder_is_found_wherever_it_is() {
        for before in AHEAD_BYTES - 2 * LONGEST..AHEAD_BYTES + LONGEST {
            let text = format!("{}${{base_url}}.", "x".repeat(before));
            assert_eq!(whole(filled(&text, 1, "k"), usize::MAX), text.replace("${base_url}", "http://h:1"));
        }
    }

    #[test]
    fn a_text_is_not_copied() {
        let text = Bytes::from(vec![b'x'; 100_000]);
        let piece = Written::new(&text, 1).next(usize::MAX);
        assert_eq!(piece.as_ptr(), text.as_ptr());
    }
}
