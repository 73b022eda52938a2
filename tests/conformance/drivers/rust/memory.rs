//! Return of free memory to the system.

/// Returns free memory of the C library to the system. Otherwise, resident memory would show the peak.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "the C library has no safe interface")]
pub(crate) fn trim() {
    // SAFETY: the function takes no pointers, and may be called at any time from any thread.
    let _released = unsafe { libc::malloc_trim(0) };
}

#[cfg(not(target_env = "gnu"))]
pub(crate) fn trim() {}
