//! Outcomes that gather for whoever takes them, in the form in which they cross.

use crate::fields::Outcome;
use crate::memory;

/// A length of 8 bytes, of what follows it, and a number of outcomes, of 4.
const HEAD: [u8; 12] = [0; 12];

/// More memory than this is not kept.
const RUSH: usize = 1 << 20; // bytes

/// Outcomes, written out on the thread on which they come.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    ended: Vec<i64>,
}

impl Batch {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        if self.bytes.is_empty() {
            self.bytes.extend_from_slice(&HEAD);
        }
        self.ended.push(outcome.number);
        memory::append(outcome, &mut self.bytes);
    }

    /// The numbers of the calls that have ended.
    pub(crate) fn ended(&self) -> &[i64] {
        &self.ended
    }

    /// Where it can be read: a length in 8 bytes, then a sequence of so many bytes. It stays there until it is cleared.
    pub(crate) fn address(&mut self) -> i64 {
        let length = i64::try_from(self.bytes.len().saturating_sub(size_of::<i64>())).unwrap_or_default();
        let count = i32::try_from(self.ended.len()).unwrap_or_default();
        let head = length.to_be_bytes().into_iter().chain(count.to_be_bytes());
        for (place, byte) in self.bytes.iter_mut().zip(head) {
            *place = byte;
        }
        memory::address(&self.bytes)
    }

    /// Empties it, and keeps its memory, but for that of a rush.
    pub(crate) fn clear(&mut self) {
        if self.bytes.capacity() > RUSH {
            *self = Self::default();
        }
        self.bytes.clear();
        self.ended.clear();
    }
}
