//! Memory that one side lends to the other for the length of a call: requests are read from it, and outcomes written to it.
//! `UniFFI`'s own buffers are structures of JNA's, each of which costs more than all else of a crossing.
//!
//! The one file of this crate with code that Rust cannot check.
#![expect(unsafe_code, reason = "the memory of another language has no lifetime that Rust knows of")]

use std::ptr::{with_exposed_provenance, with_exposed_provenance_mut};
use std::slice;

use renumerate::Result;
use renumerate::binding::lost;
use uniffi::{Lift, Lower};

use crate::UniFfiTag;

/// What the caller has written into its memory, in the form of `UniFFI`'s buffers.
pub(crate) fn read<T: Lift<UniFfiTag>>(address: i64, length: i32) -> Result<T> {
    let (Ok(address), Ok(length)) = (usize::try_from(address), usize::try_from(length)) else {
        return Err(lost());
    };
    // SAFETY: the face has written so many bytes there, and lends them until this call returns. It is the only caller.
    let mut bytes = unsafe { slice::from_raw_parts(with_exposed_provenance::<u8>(address), length) };
    T::try_read(&mut bytes).map_err(|_| lost())
}

/// Writes into the caller's memory, where that is large enough, and returns how much it is.
pub(crate) fn write(bytes: &[u8], address: i64, capacity: i32) -> Option<i32> {
    let length = i32::try_from(bytes.len()).ok().filter(|length| *length <= capacity)?;
    let target = with_exposed_provenance_mut::<u8>(usize::try_from(address).ok()?);
    // SAFETY: the face lends `capacity` bytes there until this call returns, and `bytes` is memory of Rust's own.
    unsafe { target.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    Some(length)
}

/// Where these bytes are, for the caller to read. They must stay there until it has.
pub(crate) fn address(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.as_ptr().expose_provenance()).unwrap_or_default()
}

/// Adds a value in the form of `UniFFI`'s buffers.
pub(crate) fn append<T: Lower<UniFfiTag>>(value: T, bytes: &mut Vec<u8>) {
    T::write(value, bytes);
}
