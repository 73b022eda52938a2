//! State of the widgets' pages.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;

use super::customers::CustomerStore;
use crate::state::AppState;

/// State of the widgets' pages.
pub(super) struct WidgetState {
    pub(super) app: Arc<AppState>,
    pub(super) customers: Arc<Mutex<CustomerStore>>,
    /// Styles of the pages, with the color of the brand.
    pub(super) stylesheet: Bytes,
}

impl WidgetState {
    /// Locks the customers. To avoid a deadlock, code that also locks the sandbox's store must lock the store first.
    pub(super) fn customers(&self) -> MutexGuard<'_, CustomerStore> {
        self.customers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
