//! Values that each process must build for itself, such as sockets, runtimes and locks.
//!
//! A forked child must not use these values of its parent, for two reasons. The child shares the sockets with the
//! parent. And a lock can stay locked forever in the child, because the thread that holds it exists only in the parent.

use std::sync::OnceLock;

use crate::error::Result;

/// Value that each process builds for itself. A forked child neither uses nor drops the parent's value.
#[derive(Debug)]
pub(crate) struct PerProcess<T> {
    process: u32,
    value: Option<T>,
    /// Value of the forked child. The child builds it on first use.
    child: OnceLock<Box<PerProcess<T>>>,
}

impl<T> PerProcess<T> {
    /// Wraps a value that the current process has built.
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
                // Call `make` before `set`, so that the initialization of the `OnceLock` is short: `set` only moves the
                // value. If the process forks while another thread runs the initialization, the child waits for that
                // thread forever. If two threads call `make` at the same time, one of the two values is dropped.
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
