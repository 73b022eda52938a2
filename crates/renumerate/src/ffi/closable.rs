//! Wrapper that makes a client closable. Some languages free an object long after its last use, so their programs close
//! a client explicitly.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};

/// A client that any thread can close.
pub struct Closable<T>(Mutex<Option<T>>);

impl<T> fmt::Debug for Closable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closable").finish_non_exhaustive()
    }
}

impl<T: Clone> Closable<T> {
    /// Wraps an open client.
    pub fn new(client: T) -> Self {
        Self(Mutex::new(Some(client)))
    }

    /// Returns a clone of the client, for one call. The clone stays usable if the client is closed during the call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed) if the client is closed.
    pub fn client(&self) -> Result<T> {
        self.lock().clone().ok_or_else(Error::closed)
    }

    /// Closes the client. Its connections are closed when the calls in progress have ended.
    pub fn close(&self) {
        let client = self.lock().take();
        drop(client); // Outside the lock, because this may close sockets.
    }

    /// Describes the state of the client, as a part of the client's string representation. `base_url` returns the URL
    /// of the service, or `None` if the client has no key yet.
    pub fn describe(&self, base_url: impl Fn(&T) -> Option<&str>) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: E13
    #[test]
    fn client_is_available_until_closed() {
        let closable = Closable::new("client");
        let describe = || closable.describe(|client| Some(client));
        assert_eq!((closable.client().unwrap(), describe()), ("client", "of client".to_owned()));
        assert_eq!(closable.describe(|_| None), "without a key so far");
        closable.close();
        closable.close();
        let error = closable.client().unwrap_err();
        assert_eq!((error.code(), error.field(), error.retryable()), ("closed", None, false));
        assert_eq!(describe(), "closed");
    }
}
