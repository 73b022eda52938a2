//! A client that can be closed, by whichever thread.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::argument_errors::client_closed;
use crate::error::Result;

/// A client until it is closed.
pub struct Closable<T>(Mutex<Option<T>>);

impl<T> fmt::Debug for Closable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closable").finish_non_exhaustive()
    }
}

impl<T: Clone> Closable<T> {
    /// An open one.
    pub fn new(client: T) -> Self {
        Self(Mutex::new(Some(client)))
    }

    /// The client, for one call: closed meanwhile, it lasts until that has ended.
    ///
    /// # Errors
    ///
    /// [`client_closed`], once it is.
    pub fn client(&self) -> Result<T> {
        self.lock().clone().ok_or_else(client_closed)
    }

    /// Lets the connections go, once calls that are under way have ended.
    pub fn close(&self) {
        let client = self.lock().take();
        drop(client); // outside the lock: it closes sockets
    }

    /// What the client prints of itself, given where its service is.
    pub fn state(&self, base_url: impl Fn(&T) -> Option<&str>) -> String {
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

    #[test]
    fn a_client_is_there_until_it_is_closed() {
        let open = Closable::new("client");
        let state = || open.state(|client| Some(client));
        assert_eq!((open.client().unwrap(), state()), ("client", "of client".to_owned()));
        assert_eq!(open.state(|_| None), "without a key so far");
        open.close();
        open.close();
        assert_eq!((open.client().unwrap_err().field(), state()), (Some("client"), "closed".to_owned()));
    }
}
