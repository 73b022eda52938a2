//! State of the widgets' pages.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::customers::CustomerStore;
use crate::state::AppState;

/// State of the widgets' pages.
pub(super) struct WidgetState {
    pub(super) app: Arc<AppState>,
    pub(super) customers: Arc<Mutex<CustomerStore>>,
}

impl WidgetState {
    /// Locks the customers. To avoid a deadlock, code that also locks the sandbox's store must lock the store first.
    pub(super) fn customers(&self) -> MutexGuard<'_, CustomerStore> {
        self.customers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
