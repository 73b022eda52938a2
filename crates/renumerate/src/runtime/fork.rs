//! What belongs to one process and must not be used in its forked child: sockets, runtimes, locks.

use std::sync::OnceLock;

use crate::error::Result;

/// A value for each process that uses it. A forked child shares the parent's sockets, and its locks may have been
/// held by threads that it does not have: it makes its own value and never touches, not even drops, the parent's.
#[derive(Debug)]
pub(crate) struct PerProcess<T> {
    process: u32,
    value: Option<T>,
    /// That of the next generation, made in the child.
    child: OnceLock<Box<PerProcess<T>>>,
}

impl<T> PerProcess<T> {
    /// The value of this process.
    pub(crate) fn new(value: T) -> Self {
        Self { process: std::process::id(), value: Some(value), child: OnceLock::new() }
    }

    /// The value of the process that asks.
    pub(crate) fn get(&self, make: impl Fn() -> Result<T>) -> Result<&T> {
        let process = std::process::id();
        let mut generation = self;
        loop {
            if let (true, Some(value)) = (generation.process == process, &generation.value) {
                return Ok(value);
            }
            if generation.child.get().is_none() {
                // Made outside the lock: only the move into place is guarded, which no fork can fall into but by
                // a hair's breadth. Where two threads make one each, the second is dropped unused.
                let _already_there = generation.child.set(Box::new(Self::new(make()?)));
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
    fn another_processs_value_is_neither_used_nor_dropped() {
        static DROPPED: AtomicUsize = AtomicUsize::new(0);
        #[derive(Debug)]
        struct Counted(u8);
        impl Drop for Counted {
            fn drop(&mut self) {
                DROPPED.fetch_add(1, Ordering::Relaxed);
            }
        }
        let mut value = PerProcess::new(Counted(1));
        assert_eq!(value.get(|| panic!("it is there")).unwrap().0, 1);
        value.process += 1; // as a child sees the parent's
        assert_eq!(value.get(|| Ok(Counted(2))).unwrap().0, 2);
        assert_eq!(value.get(|| panic!("it is there")).unwrap().0, 2);
        drop(value);
        assert_eq!(DROPPED.load(Ordering::Relaxed), 1);
    }
}
