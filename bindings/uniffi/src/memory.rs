//! Memory that one side lends to the other for the length of a call: requests are read from it, and outcomes written to it.
//! `UniFFI`'s own buffers are structures of JNA's, each of which costs more than all else of a crossing.
#![expect(unsafe_code, reason = "the memory of another language has no lifetime that Rust knows of")]

use std::ptr::{NonNull, with_exposed_provenance_mut};
use std::slice;

use renumerate::Result;
use renumerate::ffi::internal_error;
use uniffi::{Lift, Lower};

use crate::UniFfiTag;

/// What the caller has written into its memory, in the form of `UniFFI`'s buffers.
pub(crate) fn read<T: Lift<UniFfiTag>>(address: i64, length: i32) -> Result<T> {
    let (Some(start), Ok(length)) = (place(address), usize::try_from(length)) else {
        return Err(internal_error());
    };
    // SAFETY: the face has written so many bytes there, and lends them until this call returns. It is the only caller.
    let mut bytes = unsafe { slice::from_raw_parts(start.as_ptr(), length) };
    T::try_read(&mut bytes).map_err(|_| internal_error())
}

/// Writes into the caller's memory, where that is large enough, and returns how much it is.
pub(crate) fn write(bytes: &[u8], address: i64, capacity: i32) -> Option<i32> {
    let length = i32::try_from(bytes.len()).ok().filter(|length| *length <= capacity)?;
    let target = place(address)?;
    // SAFETY: the face lends `capacity` bytes there until this call returns, and `bytes` is memory of Rust's own.
    unsafe { target.as_ptr().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    Some(length)
}

/// No memory is at zero, nor below it.
fn place(address: i64) -> Option<NonNull<u8>> {
    NonNull::new(with_exposed_provenance_mut(usize::try_from(address).ok()?))
}

/// Where these bytes are, for the caller to read. They must stay there until it has.
pub(crate) fn address(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.as_ptr().expose_provenance()).unwrap_or_default()
}

/// Adds a value in the form of `UniFFI`'s buffers.
pub(crate) fn append<T: Lower<UniFfiTag>>(value: T, bytes: &mut Vec<u8>) {
    T::write(value, bytes);
}

#[cfg(test)]
mod tests {
    use super::{address, append, read, write};

    const WORDS: [&str; 3] = ["a", "", "\u{e9}\u{1f980}"];

    /// As a face has it: memory of just this size, on the heap, where a look beyond it is noticed.
    fn lent(bytes: &[u8]) -> Box<[u8]> {
        bytes.into()
    }

    fn written() -> Vec<u8> {
        let mut bytes = Vec::new();
        append(WORDS.map(str::to_owned).to_vec(), &mut bytes);
        bytes
    }

    fn read_words(bytes: &[u8]) -> renumerate::Result<Vec<String>> {
        read(address(bytes), i32::try_from(bytes.len()).unwrap())
    }

    #[test]
    fn what_was_written_is_read() {
        assert_eq!(read_words(&lent(&written())).unwrap(), WORDS);
    }

    #[test]
    fn what_is_cut_short_anywhere_is_refused() {
        let bytes = written();
        for length in 0..bytes.len() {
            let cut = lent(&bytes[..length]);
            assert!(read_words(&cut).is_err(), "{length} of {} bytes", bytes.len());
        }
    }

    #[test]
    fn lengths_in_it_that_no_memory_has_are_refused() {
        for (place, length) in [(0, -1), (0, i32::MIN), (4, -1), (4, i32::MIN), (4, i32::MAX)] {
            let mut bytes = written();
            bytes[place..place + 4].copy_from_slice(&length.to_be_bytes());
            assert!(read_words(&lent(&bytes)).is_err(), "{length} at {place}");
        }
    }

    #[test]
    fn no_memory_is_touched_where_none_can_be() {
        let bytes = lent(&written());
        for (address, length) in [(0, 8), (0, 0), (-8, 8), (i64::MIN, 8), (address(&bytes), -1)] {
            assert!(read::<Vec<String>>(address, length).is_err(), "{length} at {address}");
        }
        for (address, capacity) in [(0, 8), (-8, 8), (i64::MIN, 8), (address(&bytes), -1)] {
            assert_eq!(write(b"words", address, capacity), None, "{capacity} at {address}");
        }
    }

    #[test]
    fn all_of_it_is_written_or_nothing() {
        let mut memory = vec![7_u8; 8].into_boxed_slice();
        let target = i64::try_from(memory.as_mut_ptr().expose_provenance()).unwrap();
        assert_eq!(write(&[1; 9], target, 8), None);
        assert_eq!(*memory, [7; 8]);
        assert_eq!(write(&[1; 8], target, 8), Some(8));
        assert_eq!(*memory, [1; 8]);
        assert_eq!(write(&[2; 3], target, 8), Some(3));
        assert_eq!(*memory, [2, 2, 2, 1, 1, 1, 1, 1]);
    }
}
