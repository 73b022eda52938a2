//! The server-side client for [Renumerate](https://renumerate.com).
//!
//! A subscription business lets its customers cancel, or manage a subscription, through Renumerate's widgets.
//! For that its *backend* mints a session id with the brand's private key and hands the id to its page:
//!
//! | call | the id opens | id |
//! |---|---|---|
//! | [`Client::create_retention_session`] | the cancel flow | `ret_…` |
//! | [`Client::create_subscription_session`] | the `SubscriptionHub` widget | `sub_…` |
//!
//! ```
//! use renumerate::{Client, Customer, RetentionSessionRequest};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = renumerate_sandbox::Sandbox::start().await?;
//! // `Client::from_env()?` reads RENUMERATE_PRIVATE_KEY instead.
//! let client = Client::builder().private_key("sk_sandbox_local").base_url(sandbox.url()).build()?;
//!
//! let request = RetentionSessionRequest::new(Customer::by_id("cus_NffrFeUfNV2Hib")?);
//! let session = client.create_retention_session(&request).await?;
//! assert!(session.id().as_str().starts_with("ret_"));
//! # Ok(()) }
//! ```
//!
//! Mint a session when the customer clicks, for the customer your backend has signed in, and do not cache it:
//! whoever holds the id can open that customer's flow. It does not belong in logs; printed with `{:?}` it is masked.
//!
//! Without a runtime, [`blocking::Client`] makes the same calls on your own threads.
//!
//! Every call ends: [`ClientBuilder::timeout`] bounds it from the name look-up to the last byte of the answer.
//! Every error is an [`Error`] with a stable [code](Error::code), a reason and a remedy, and never holds the key.
//!
//! What the vendor says of the two calls: <https://docs.renumerate.com/reference/api>.

#![cfg_attr(
    not(all(feature = "client", feature = "__ffi", feature = "__doctor")),
    allow(dead_code, unused_imports, unreachable_pub, reason = "some items serve one feature only")
)]

// Modules use others in one direction only: see "Layers" in ARCHITECTURE.md.
#[cfg(feature = "client")]
pub mod blocking;
mod call;
#[cfg(feature = "client")]
mod client;
mod config;
#[cfg(feature = "__doctor")]
#[doc(hidden)]
pub mod diagnostics;
mod error;
#[cfg(feature = "__ffi")]
#[doc(hidden)]
pub mod ffi;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod model;
mod protocol;
mod redact;
mod retry;
#[cfg(feature = "client")]
mod runtime;
#[cfg(feature = "client")]
mod tls;
#[cfg(feature = "client")]
mod transport;

#[cfg(feature = "client")]
pub use client::{Client, ClientBuilder};
pub use config::{CallOptions, OptionValue};
pub use error::{Attempt, AttemptOutcome, Error, ErrorKind, NetworkPhase, Result, TimeoutScope};
pub use model::{
    Customer, CustomerEmail, CustomerId, Retention, RetentionSession, RetentionSessionId,
    RetentionSessionRequest, Session, SessionId, SessionKind, Subscription, SubscriptionId,
    SubscriptionSession, SubscriptionSessionId, SubscriptionSessionRequest,
};
