//! Customers, plans and outcomes of sessions.

mod outcome;
mod plan;
mod seed;

pub use outcome::{Decision, OfferKind, Reason, SessionOutcome};
pub use plan::{Interval, Plan};
pub use seed::{Seed, SeedCustomer, SeedSubscription, Status};
