//! Access to memory of the host language. Rust reads requests from this memory, and writes outcomes to it. Rust may
//! access the memory only until the native call returns.
//!
//! The buffers of `UniFFI` are not used: in Kotlin they are structures of JNA, the library for native calls. Creating
//! such a structure takes longer than the rest of a native call.
#![expect(unsafe_code, reason = "memory of the host language has no lifetime in Rust")]

use std::ptr::{NonNull, with_exposed_provenance_mut};
use std::slice;

use renumerate::Result;
use renumerate::ffi::internal_error;
use uniffi::{Lift, Lower};

use crate::UniFfiTag;

/// Reads a value that the host language serialized at this address in the format of `UniFFI`'s buffers.
///
/// # Errors
///
/// [`internal_error`] if the address, the length or the bytes are invalid.
pub(crate) fn read<T: Lift<UniFfiTag>>(address: i64, length: i32) -> Result<T> {
    let (Some(start), Ok(length)) = (pointer(address), usize::try_from(length)) else {
        return Err(internal_error());
    };
    // SAFETY: the host language's binding is the only caller. It passes the address and the length of initialized
    // memory, and does not modify or free that memory until this call returns.
    let mut bytes = unsafe { slice::from_raw_parts(start.as_ptr(), length) };
    T::try_read(&mut bytes).map_err(|_| internal_error())
}

/// Writes the bytes to the host language's memory and returns their number, or `None` if they exceed `capacity`.
pub(crate) fn write(bytes: &[u8], address: i64, capacity: i32) -> Option<i32> {
    let length = i32::try_from(bytes.len()).ok().filter(|length| *length <= capacity)?;
    let target = pointer(address)?;
    // SAFETY: the binding passed the address of `target`. At least `capacity` bytes there are writable until this call
    // returns, and `bytes` is not longer than that. The two do not overlap, because Rust allocated `bytes`.
    unsafe { target.as_ptr().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    Some(length)
}

/// Returns the address as a pointer, or `None` for zero and negative numbers.
fn pointer(address: i64) -> Option<NonNull<u8>> {
    NonNull::new(with_exposed_provenance_mut(usize::try_from(address).ok()?))
}

/// Returns the address of these bytes. The caller must not move or change them until the host language has read them.
pub(crate) fn address(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.as_ptr().expose_provenance()).unwrap_or_default()
}

/// Appends a value in the format of `UniFFI`'s buffers.
pub(crate) fn append<T: Lower<UniFfiTag>>(value: T, bytes: &mut Vec<u8>) {
    T::write(value, bytes);
}

#[cfg(test)]
mod tests {
    use super::{address, append, read, write};

    const WORDS: [&str; 3] = ["a", "", "\u{e9}\u{1f980}"];

    /// Returns the bytes in heap memory of exactly their size, so that Miri detects reads beyond it.
    fn exact(bytes: &[u8]) -> Box<[u8]> {
        bytes.into()
    }

    fn serialized() -> Vec<u8> {
        let mut bytes = Vec::new();
        append(WORDS.map(str::to_owned).to_vec(), &mut bytes);
        bytes
    }

    fn read_words(bytes: &[u8]) -> renumerate::Result<Vec<String>> {
        read(address(bytes), i32::try_from(bytes.len()).unwrap())
    }

    #[test]
    fn read_returns_the_serialized_value() {
        assert_eq!(read_words(&exact(&serialized())).unwrap(), WORDS);
    }

    #[test]
    fn truncated_bytes_are_rejected() {
        let bytes = serialized();
        for length in 0..bytes.len() {
            let cut = exact(&bytes[..length]);
            assert!(read_words(&cut).is_err(), "{length} of {} bytes", bytes.len());
        }
    }

    #[test]
    fn invalid_length_prefixes_are_rejected() {
        for (offset, length) in [(0, -1), (0, i32::MIN), (4, -1), (4, i32::MIN), (4, i32::MAX)] {
            let mut bytes = serialized();
            bytes[offset..offset + 4].copy_from_slice(&length.to_be_bytes());
            assert!(read_words(&exact(&bytes)).is_err(), "{length} at {offset}");
        }
    }

    #[test]
    fn invalid_addresses_and_lengths_are_rejected() {
        let bytes = exact(&serialized());
        for (address, length) in [(0, 8), (0, 0), (-8, 8), (i64::MIN, 8), (address(&bytes), -1)] {
            assert!(read::<Vec<String>>(address, length).is_err(), "{length} at {address}");
        }
        for (address, capacity) in [(0, 8), (-8, 8), (i64::MIN, 8), (address(&bytes), -1)] {
            assert_eq!(write(b"words", address, capacity), None, "{capacity} at {address}");
        }
    }

    #[test]
    fn write_is_complete_or_writes_nothing() {
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
