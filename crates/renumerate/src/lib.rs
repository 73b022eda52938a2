//! Server-side client for [Renumerate](https://renumerate.com).
//!
//! Renumerate's widgets let the customers of a subscription business cancel or manage a subscription. The *backend* of
//! the business creates a session with the brand's private key and passes the session id to the web page. There are two
//! kinds of sessions:
//!
//! | method | widget opened by the id | id |
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
//! Create a session at the moment when a customer opens the widget, and only for a customer that your backend has
//! authenticated. The session id is a bearer credential: anyone who has the id can open this customer's widget.
//! Therefore, do not cache the id or write it to a log. The `Debug` output of an id is masked.
//!
//! [`blocking::Client`] makes the same calls without an async runtime.
//!
//! [`ClientBuilder::timeout`] limits each call, from the DNS lookup to the last byte of the response. Each [`Error`]
//! has a stable [code](Error::code), a reason and, if possible, a remedy. An error never contains the key.
//!
//! # Logs
//!
//! Calls are logged with [`tracing`](https://docs.rs/tracing), with the target `renumerate`. Each call has a span
//! `create_session` with the fields `call_id`, `endpoint` and `host`. The last event in the span is the end of the
//! call, with the fields `attempt` (the number of its last attempt), `outcome` (`success` or the [code](Error::code) of
//! the error) and `elapsed_ms`. Its level is
//!
//! - `WARN` if the network failed, a timeout expired, or the response is a 5xx, 401, 403 or unexpected;
//! - `INFO` for any other error, such as 404;
//! - `DEBUG` if the call succeeded.
//!
//! Each attempt is an event with the level `DEBUG` and the fields `attempt`, `outcome`, `elapsed_ms` and, depending on
//! the outcome, `status`, `phase` or `limit`. No event contains the key, a session id, a customer id, an e-mail address
//! or text from the server. A call that is cancelled, because its future is dropped, has no event for its end.
//!
//! A handshake token that cannot be created is one event `token failed` outside a span. It has the fields `outcome`
//! and, if known, `setting`, and the level of the same error in a call.
//!
//! The vendor documents the endpoints: <https://docs.renumerate.com/reference/api>.

#![cfg_attr(
    not(all(feature = "client", feature = "__ffi", feature = "__doctor")),
    allow(dead_code, unused_imports, unreachable_pub, reason = "some items are used by one feature only")
)]

// Modules depend on each other in one direction only: see "Layers" in ARCHITECTURE.md.
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
#[cfg_attr(
    all(target_family = "wasm", not(test)),
    expect(dead_code, reason = "the signer needs a random generator, which wasm32 does not have")
)]
mod handshake;
mod log;
mod model;
mod protocol;
mod redact;
mod retry;
#[cfg(feature = "client")]
mod runtime;
#[cfg(feature = "client")]
mod slots;
#[cfg(feature = "client")]
mod tls;
#[cfg(feature = "client")]
mod transport;

#[cfg(feature = "client")]
pub use client::{Client, ClientBuilder};
pub use config::{CallOptions, OptionValue};
pub use error::{Attempt, AttemptOutcome, Error, ErrorKind, NetworkPhase, Result, TimeoutScope};
#[cfg(not(target_family = "wasm"))]
pub use handshake::HandshakeSigner;
pub use handshake::HandshakeToken;
pub use model::{
    Customer, CustomerEmail, CustomerId, Retention, RetentionSession, RetentionSessionId,
    RetentionSessionRequest, Session, SessionId, SessionKind, SessionRequest, Subscription, SubscriptionId,
    SubscriptionSession, SubscriptionSessionId, SubscriptionSessionRequest,
};
