//! Per-process values: sockets, runtimes and locks that a forked child must not use.
//!
//! A forked child shares its parent's sockets, and a thread that does not exist in the child may hold a lock.

use std::sync::OnceLock;

use crate::error::Result;

/// Value that each process builds for itself. A forked child neither uses nor drops the parent's value.
#[derive(Debug)]
pub(crate) struct PerProcess<T> {
    process: u32,
    value: Option<T>,
    /// Value of the forked child, built there on first use.
    child: OnceLock<Box<PerProcess<T>>>,
}

impl<T> PerProcess<T> {
    /// Holds a value that belongs to the current process.
    pub(crate) fn new(value: T) -> Self {
        Self { process: std::process::id(), value: Some(value), child: OnceLock::new() }
    }

    /// Returns the value of the current process. In a forked child, the first call builds it with `make`.
    ///
    /// # Errors
    ///
    /// The error of `make`.
    pub(crate) fn get(&self, make: impl Fn() -> Result<T>) -> Result<&T> {
        let process = std::process::id();
        let mut generation = self;
        loop {
            if let (true, Some(value)) = (generation.process == process, &generation.value) {
                return Ok(value);
            }
            if generation.child.get().is_none() {
                // Build before `set`: a fork during `OnceLock` initialization could block the child. Only the short
                // move holds the lock. If two threads race, one value is dropped.
                let _already_set = generation.child.set(Box::new(Self::new(make()?)));
            }
            if let Some(child) = generation.child.get() {
                generation = child;
            }
        }
    }
}

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            std::mem::forget(self.value.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn value_of_another_process_is_not_used_or_dropped() {
        static DROPPED: AtomicUsize = AtomicUsize::new(0);
        #[derive(Debug)]
        struct Counted(u8);
        impl Drop for Counted {
            fn drop(&mut self) {
                DROPPED.fetch_add(1, Ordering::Relaxed);
            }
        }
        let mut value = PerProcess::new(Counted(1));
        assert_eq!(value.get(|| panic!("the value exists")).unwrap().0, 1);
        value.process += 1; // as in a forked child
        assert_eq!(value.get(|| Ok(Counted(2))).unwrap().0, 2);
        assert_eq!(value.get(|| panic!("the value exists")).unwrap().0, 2);
        drop(value);
        assert_eq!(DROPPED.load(Ordering::Relaxed), 1);
    }
}
