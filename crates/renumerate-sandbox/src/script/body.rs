//! Body of a scripted response. Its chunks are created while the body is sent. All responses of an exchange share one
//! copy of the text.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

use super::placeholder::{MAX_LENGTH, PlaceholderCounts, PlaceholderValues};

/// Approximate size of a chunk, if the text is short and is repeated.
const CHUNK_BYTES: usize = 4 * 1024;

/// Number of bytes that are searched for a placeholder at a time.
const LOOKAHEAD_BYTES: usize = 16 * 1024;

/// Text that is sent once or several times, with its placeholders replaced.
pub(crate) struct ScriptBody {
    text: Bytes,
    values: Option<PlaceholderValues>,
    /// Position in `text` at which the part after `ready` starts.
    position: usize,
    /// Bytes that can be sent next.
    ready: Bytes,
    remaining: usize,
}

impl ScriptBody {
    pub(crate) fn new(text: &Bytes, times: usize) -> Self {
        let remaining = text.len().saturating_mul(times);
        let repeats = (CHUNK_BYTES / text.len().max(1)).clamp(1, times.max(1));
        // If the text is short, each chunk contains several repetitions. The last chunk may contain fewer.
        let text = if repeats > 1 { text.repeat(repeats).into() } else { text.clone() };
        Self { text, values: None, position: 0, ready: Bytes::new(), remaining }
    }

    pub(crate) fn with_placeholders(
        text: &Bytes,
        times: usize,
        values: PlaceholderValues,
        placeholders: &PlaceholderCounts,
    ) -> Self {
        let remaining = values.replaced_length(text.len(), placeholders).saturating_mul(times);
        Self { values: Some(values), remaining, ..Self::new(text, times) }
    }

    /// Number of bytes that are not sent yet.
    pub(crate) fn remaining(&self) -> usize {
        self.remaining
    }

    /// Shortens the part of the body that is not sent yet to at most `length` bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.remaining = self.remaining.min(length);
    }

    /// Returns the next chunk, of at most `max_bytes` bytes. At the end of the body, the chunk is empty.
    pub(crate) fn next(&mut self, max_bytes: usize) -> Bytes {
        while self.ready.is_empty() && self.remaining > 0 {
            self.advance();
        }
        let chunk = self.ready.split_to(self.ready.len().min(self.remaining).min(max_bytes));
        self.remaining -= chunk.len();
        chunk
    }

    /// Sets `ready` to the text before the next placeholder. If the text starts with the placeholder, sets `ready` to
    /// the placeholder's value.
    fn advance(&mut self) {
        if self.position >= self.text.len() {
            self.position = 0;
        }
        let rest = self.text.slice(self.position..);
        let Some(values) = &self.values else {
            (self.position, self.ready) = (self.text.len(), rest);
            return;
        };
        // Only a part of the text is searched at a time, because a client may read only the beginning of a long body.
        let ahead = rest.slice(..rest.len().min(LOOKAHEAD_BYTES));
        let (length, ready) = match values.first(&ahead) {
            Some((0, name, value)) => (name, value.clone()),
            Some((before, ..)) => (before, ahead.slice(..before)),
            None if ahead.len() == rest.len() => (rest.len(), rest),
            // A placeholder may start at the end of this part, so the end is kept for the next search.
            None => (LOOKAHEAD_BYTES - MAX_LENGTH, ahead.slice(..LOOKAHEAD_BYTES - MAX_LENGTH)),
        };
        (self.position, self.ready) = (self.position + length, ready);
    }
}

impl HttpBody for ScriptBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = self.next(usize::MAX);
        Poll::Ready((!chunk.is_empty()).then(|| Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(mut body: ScriptBody, max_bytes: usize) -> String {
        let chunks: Vec<Bytes> =
            std::iter::from_fn(|| Some(body.next(max_bytes)).filter(|chunk| !chunk.is_empty())).collect();
        String::from_utf8(chunks.concat()).unwrap()
    }

    fn body(text: &str, times: usize, key: &str) -> ScriptBody {
        let values = PlaceholderValues::new(key, "http://h:1").unwrap();
        ScriptBody::with_placeholders(
            &Bytes::from(text.to_owned()),
            times,
            values,
            &PlaceholderCounts::of(text),
        )
    }

    #[test]
    fn placeholders_are_replaced_in_each_repetition() {
        let (text, expected) = ("a ${key}${host}, ${base_url} ${kex} $", "a KEYh:1, http://h:1 ${kex} $");
        for (times, max_bytes) in [(1, usize::MAX), (3, usize::MAX), (3, 1), (1000, 7)] {
            let body = body(text, times, "KEY");
            assert_eq!(body.remaining(), expected.len() * times);
            assert_eq!(collect(body, max_bytes), expected.repeat(times));
        }
        assert_eq!(collect(body("${key}", 5, ""), 1), "");
        assert_eq!(collect(ScriptBody::new(&Bytes::from_static(b"${key}"), 2), 5), "${key}${key}");
    }

    #[test]
    fn placeholder_is_found_at_every_position() {
        for before in LOOKAHEAD_BYTES - 2 * MAX_LENGTH..LOOKAHEAD_BYTES + MAX_LENGTH {
            let text = format!("{}${{base_url}}.", "x".repeat(before));
            assert_eq!(collect(body(&text, 1, "k"), usize::MAX), text.replace("${base_url}", "http://h:1"));
        }
    }

    #[test]
    fn text_is_not_copied() {
        let text = Bytes::from(vec![b'x'; 100_000]);
        let chunk = ScriptBody::new(&text, 1).next(usize::MAX);
        assert_eq!(chunk.as_ptr(), text.as_ptr());
    }
}
