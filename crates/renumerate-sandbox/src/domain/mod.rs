//! Customers, plans, payment methods and outcomes of sessions.

mod outcome;
mod payment_method;
mod plan;
mod seed;

pub use outcome::{Decision, OfferKind, Reason, SessionOutcome};
pub use payment_method::{CardBrand, PaymentMethod};
pub use plan::{Interval, Plan};
pub use seed::{Seed, SeedCustomer, SeedSubscription, Status};
