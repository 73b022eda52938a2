//! A client that can be closed, by whichever thread.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use renumerate::binding::closed;

use crate::arguments::raised;

/// A client until it is closed.
pub(crate) struct Open<T>(Mutex<Option<T>>);

impl<T: Clone> Open<T> {
    pub(crate) fn new(client: T) -> Self {
        Self(Mutex::new(Some(client)))
    }

    /// The client, for one call: closed meanwhile, it lasts until that has ended.
    pub(crate) fn client(&self, py: Python<'_>) -> PyResult<T> {
        raised(py, self.lock().clone().ok_or_else(closed))
    }

    pub(crate) fn close(&self) {
        let client = self.lock().take();
        drop(client); // outside the lock: it closes sockets
    }

    /// What the client prints of itself, given where its service is.
    pub(crate) fn state(&self, base_url: impl Fn(&T) -> Option<&str>) -> String {
        match &*self.lock() {
            Some(client) => {
                base_url(client).map_or("without a key so far".to_owned(), |url| format!("of {url}"))
            }
            None => "closed".to_owned(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
