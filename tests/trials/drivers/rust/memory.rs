//! What is held, at its least.

/// Has the C library give back what is free: else resident memory tells of the most that there ever was.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "there is no safe way to ask the C library for it")]
pub(crate) fn give_back() {
    // SAFETY: it takes no pointers, and may be called at any time, from any thread.
    let _whether_there_was_any = unsafe { libc::malloc_trim(0) };
}

#[cfg(not(target_env = "gnu"))]
pub(crate) fn give_back() {}
