//! Customers of a sandbox, as an extension. Every sandbox has it, with and without the pages of the widgets, so that a
//! test gets the id of a subscription without a seed.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::customer::CustomerRecord;
use super::customers::CustomerStore;
use super::day::Day;
use crate::api::{error, origin_guard};
use crate::builder::StandardExtensions;
use crate::domain::Seed;
use crate::error::SandboxError;
use crate::sandbox::Sandbox;
use crate::state::{AppState, Extension, ExtensionOptions};

impl Default for StandardExtensions {
    fn default() -> Self {
        Self(vec![Arc::new(CustomerOptions)])
    }
}

#[derive(Debug)]
struct CustomerOptions;

impl ExtensionOptions for CustomerOptions {
    fn build(&self, seed: Option<&Seed>) -> Result<Arc<dyn Extension>, SandboxError> {
        let customers = CustomerStore::new(seed, Day::today())?;
        Ok(Arc::new(SharedCustomers(Arc::new(Mutex::new(customers)))))
    }
}

/// Customers that the pages of the widgets and the sandbox's own paths share.
#[derive(Clone, Debug)]
pub(super) struct SharedCustomers(Arc<Mutex<CustomerStore>>);

impl SharedCustomers {
    /// Returns the customers of a sandbox.
    pub(super) fn of(state: &AppState) -> Option<Self> {
        let mut extensions = state.extensions().iter();
        extensions.find_map(|extension| (&**extension as &dyn Any).downcast_ref::<Self>()).cloned()
    }

    /// Locks the customers. To avoid a deadlock, code that also locks the sandbox's store must lock the store first.
    pub(super) fn lock(&self) -> MutexGuard<'_, CustomerStore> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Extension for SharedCustomers {
    fn routes(self: Arc<Self>, state: &Arc<AppState>) -> Router {
        let routes = Router::new().route("/_sandbox/customers/{id}", get(customer)).with_state(self);
        origin_guard::protect_data(routes, state)
    }

    fn reset(&self) {
        self.lock().reset();
    }
}

impl Sandbox {
    /// Returns the customer with this id or e-mail address, with the data that the widgets show. Returns `None` if the
    /// seed has no such customer. Without a seed, every customer exists, and the data of a customer is generated from
    /// the id or e-mail address.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), renumerate_sandbox::SandboxError> {
    /// let sandbox = renumerate_sandbox::Sandbox::start().await?;
    /// let customer = sandbox.customer("cus_1");
    /// let subscription = customer.as_ref().and_then(|customer| customer.subscriptions.first());
    /// assert!(subscription.is_some_and(|subscription| subscription.id.starts_with("sub_")));
    /// # Ok(()) }
    /// ```
    pub fn customer(&self, id_or_email: &str) -> Option<CustomerRecord> {
        SharedCustomers::of(&self.state)?.lock().find_by_id_or_email(id_or_email, Day::today())
    }
}

/// Returns the customer with this id or e-mail address, with the current subscriptions, as JSON.
async fn customer(
    State(customers): State<Arc<SharedCustomers>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    match id.ok().and_then(|Path(id)| customers.lock().find_by_id_or_email(&id, Day::today())) {
        Some(customer) => Json(customer).into_response(),
        None => error(StatusCode::NOT_FOUND, "The seed has no such customer"),
    }
}
