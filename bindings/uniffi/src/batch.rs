//! Batch of outcomes, serialized for the host language.

use crate::memory;
use crate::records::Outcome;

/// Header of a batch, with zeros that [`Batch::address`] later replaces.
///
/// The first 8 bytes are the length of everything after them: the rest of the header and the outcomes. The other 4
/// bytes are the number of outcomes.
const HEADER: [u8; 12] = [0; 12];

/// Maximum capacity of a buffer that is kept for reuse.
const MAX_RETAINED: usize = 1 << 20; // bytes

/// Outcomes that the host language has not read yet, serialized on the thread that adds them.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    ended: Vec<i64>,
}

impl Batch {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        if self.bytes.is_empty() {
            self.bytes.extend_from_slice(&HEADER);
        }
        self.ended.push(outcome.call_id);
        memory::append(outcome, &mut self.bytes);
    }

    /// Returns the ids of the calls that have ended.
    pub(crate) fn ended(&self) -> &[i64] {
        &self.ended
    }

    /// Writes the header and returns the address of the batch. The address is valid until the batch is changed.
    pub(crate) fn address(&mut self) -> i64 {
        let length = i64::try_from(self.bytes.len().saturating_sub(size_of::<i64>())).unwrap_or_default();
        let count = i32::try_from(self.ended.len()).unwrap_or_default();
        let header = length.to_be_bytes().into_iter().chain(count.to_be_bytes());
        for (target, byte) in self.bytes.iter_mut().zip(header) {
            *target = byte;
        }
        memory::address(&self.bytes)
    }

    /// Removes all outcomes. Keeps the memory for reuse, unless its size exceeds [`MAX_RETAINED`].
    pub(crate) fn clear(&mut self) {
        if self.bytes.capacity() > MAX_RETAINED {
            *self = Self::default();
        }
        self.bytes.clear();
        self.ended.clear();
    }
}
