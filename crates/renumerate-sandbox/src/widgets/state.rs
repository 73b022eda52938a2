//! State of the widgets' pages.

use std::sync::{Arc, MutexGuard};

use axum::body::Bytes;

use super::customers::CustomerStore;
use super::shared_customers::SharedCustomers;
use crate::state::AppState;

/// State of the widgets' pages.
pub(super) struct WidgetState {
    pub(super) app: Arc<AppState>,
    pub(super) customers: SharedCustomers,
    /// Styles of the pages, with the color of the brand.
    pub(super) stylesheet: Bytes,
}

impl WidgetState {
    /// Locks the customers: see [`SharedCustomers::lock`].
    pub(super) fn customers(&self) -> MutexGuard<'_, CustomerStore> {
        self.customers.lock()
    }
}
