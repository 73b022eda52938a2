//! Storage for the newest entries, with a maximum number of entries and a maximum total size.

use std::collections::VecDeque;

/// Entry that knows its approximate size in memory.
pub(crate) trait Size {
    /// Returns the size in bytes.
    fn size(&self) -> usize;
}

/// Store of the newest entries. Each entry has a number, which does not change. The oldest entries are evicted if there
/// are too many entries, or if all entries together are too large.
#[derive(Debug)]
pub(crate) struct BoundedStore<T> {
    max_entries: usize,
    max_bytes: usize,
    entries: VecDeque<T>,
    /// Number of the oldest entry that is stored.
    first: usize,
    bytes: usize,
}

impl<T: Size> BoundedStore<T> {
    pub(crate) fn new(max_entries: usize, max_bytes: usize) -> Self {
        Self { max_entries, max_bytes, entries: VecDeque::new(), first: 0, bytes: 0 }
    }

    /// Adds an entry, and returns its number. Calls `evicted` with each entry that is evicted.
    pub(crate) fn push(&mut self, entry: T, evicted: impl FnMut(T)) -> usize {
        let number = self.end();
        self.bytes += entry.size();
        self.entries.push_back(entry);
        self.evict(evicted);
        number
    }

    /// Changes the entry with this number; returns `None` if the entry was evicted. If the entry grows, older entries
    /// may be evicted. Calls `evicted` with each evicted entry.
    pub(crate) fn update<R>(
        &mut self,
        number: usize,
        update: impl FnOnce(&mut T) -> R,
        evicted: impl FnMut(T),
    ) -> Option<R> {
        let entry = self.entries.get_mut(number.checked_sub(self.first)?)?;
        let before = entry.size();
        let result = update(entry);
        self.bytes = self.bytes + entry.size() - before;
        self.evict(evicted);
        Some(result)
    }

    pub(crate) fn get(&self, number: usize) -> Option<&T> {
        self.entries.get(number.checked_sub(self.first)?)
    }

    /// Returns the entries with their numbers, starting at the entry with the given number.
    pub(crate) fn iter_from(&self, number: usize) -> impl DoubleEndedIterator<Item = (usize, &T)> {
        let entries = self.entries.iter().enumerate().skip(number.saturating_sub(self.first));
        entries.map(|(index, entry)| (self.first + index, entry))
    }

    /// Number of the oldest entry that is stored.
    #[cfg(feature = "widgets")]
    pub(crate) fn first(&self) -> usize {
        self.first
    }

    /// Number that the next added entry gets.
    pub(crate) fn end(&self) -> usize {
        self.first + self.entries.len()
    }

    /// Removes all entries. The numbers are not reused: later entries get higher numbers.
    pub(crate) fn clear(&mut self) {
        self.first = self.end();
        self.entries.clear();
        self.bytes = 0;
    }

    fn evict(&mut self, mut evicted: impl FnMut(T)) {
        while self.entries.len() > self.max_entries || self.bytes > self.max_bytes {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.size();
            self.first += 1;
            evicted(oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Size for &str {
        fn size(&self) -> usize {
            self.len()
        }
    }

    fn entries(store: &BoundedStore<&'static str>, from: usize) -> Vec<(usize, &'static str)> {
        store.iter_from(from).map(|(number, entry)| (number, *entry)).collect()
    }

    #[test]
    fn oldest_entries_are_evicted_if_there_are_too_many() {
        let mut store = BoundedStore::new(2, 100);
        let mut evicted = Vec::new();
        for (number, entry) in ["a", "b", "c", "d"].into_iter().enumerate() {
            assert_eq!(store.push(entry, |entry| evicted.push(entry)), number);
        }
        assert_eq!(evicted, ["a", "b"]);
        assert_eq!((entries(&store, 0), entries(&store, 3)), (vec![(2, "c"), (3, "d")], vec![(3, "d")]));
        assert_eq!((store.get(1), store.get(2), store.get(4)), (None, Some(&"c"), None));
        assert_eq!((store.first, store.end()), (2, 4));
    }

    #[test]
    fn oldest_entries_are_evicted_if_they_are_too_large_together() {
        let mut store = BoundedStore::new(100, 10);
        for entry in ["aaaa", "bbbb", "cc"] {
            store.push(entry, drop);
        }
        assert_eq!((store.bytes, store.first), (10, 0));
        assert_eq!(store.update(2, |entry| *entry = "ccc", drop), Some(()));
        assert_eq!((store.bytes, store.first), (7, 1));
        assert_eq!(store.update(0, |entry| *entry = "", drop), None, "it was evicted");
        store.push("more than all the others", drop);
        assert_eq!((store.bytes, store.first, store.end()), (0, 4, 4));
    }

    #[test]
    fn numbers_continue_after_clear() {
        let mut store = BoundedStore::new(2, 100);
        store.push("a", drop);
        store.clear();
        assert_eq!((store.push("b", drop), store.get(0), store.bytes), (1, None, 1));
    }
}
