//! The one validated model of requests and sessions that every language shares.

mod attempt;
mod customer;
mod fields;
mod request;
mod session;

pub(crate) use attempt::millis;
pub use attempt::{Attempt, AttemptOutcome};
pub use customer::{Customer, CustomerEmail, CustomerId, SubscriptionId};
pub(crate) use fields::{bounded, nearest, unknown_parameter};
pub use request::{RetentionSessionRequest, SessionRequest, SubscriptionSessionRequest};
pub use session::{
    Retention, RetentionSession, RetentionSessionId, Session, SessionId, SessionKind, Subscription,
    SubscriptionSession, SubscriptionSessionId,
};

/// Traits that name what this crate defines, and that nobody else can implement.
mod sealed {
    pub trait Sealed {}
}
