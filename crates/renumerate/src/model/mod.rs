//! Validated requests, and sessions. All languages use these types.

mod customer;
pub(crate) mod endpoint;
mod params;
pub(crate) mod request;
pub(crate) mod session;

pub use customer::{Customer, CustomerEmail, CustomerId, SubscriptionId};
#[cfg(test)]
pub(crate) use endpoint::SUBSCRIPTION;
pub(crate) use endpoint::{Endpoint, EndpointKind, RETENTION, id_prefixes, parameter_names};
#[cfg(feature = "__ffi")]
pub(crate) use params::TOKEN_PARAMETERS;
pub(crate) use params::{closest_match, truncate, unknown_parameter};
#[cfg(feature = "__ffi")]
pub(crate) use request::TokenRequest;
pub(crate) use request::{AnyRequest, NamedValue, Parameters};
pub use request::{RetentionSessionRequest, SessionRequest, SubscriptionSessionRequest};
pub(crate) use session::AnySession;
pub use session::{
    Retention, RetentionSession, RetentionSessionId, Session, SessionId, SessionKind, Subscription,
    SubscriptionSession, SubscriptionSessionId,
};

/// The module of the supertrait of this crate's public traits. The module is private, so other crates cannot implement
/// these traits.
mod sealed {
    pub trait Sealed {}
}
