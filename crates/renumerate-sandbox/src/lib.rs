//! Local Renumerate server for tests, with the endpoints that create sessions and with scripted responses. The server
//! needs no account, and sends nothing to other machines.
//!
//! ```
//! use renumerate_sandbox::Sandbox;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), renumerate_sandbox::SandboxError> {
//! let sandbox = Sandbox::start().await?;
//! println!("send your requests to {} with the key {}", sandbox.url(), sandbox.private_key());
//! assert!(sandbox.requests().is_empty());
//! # Ok(()) }
//! ```
//!
//! The sandbox implements the HTTP interface itself. It does not use the client crate, because a bug in shared code
//! would stay hidden. Responses follow the vendor's contract (<https://docs.renumerate.com/reference/api>) or a
//! [`Case`]: see [`SandboxBuilder::cases`]. Some customers have scripted responses in every sandbox, like Stripe's test
//! cards:
//!
#![doc = include_str!("../cases/magic-customers.md")]
//!
//! `POST /v1/session/exchange` exchanges handshake tokens, which a backend signs with [`DEFAULT_KEY`] for the brand
//! [`DEFAULT_PUBLIC_KEY`]. If a token is invalid, the response has the vendor's message, and the header
//! `x-renumerate-sandbox-note` with the remedy. Each token is accepted once; the latest 100,000 are remembered. A test
//! exchanges a token with [`Sandbox::exchange`].
//!
//! Besides the endpoints of the service, the sandbox has paths of its own:
//!
//! | request | response or effect |
//! |---|---|
//! | `GET /_sandbox/health` | status and version |
//! | `GET /_sandbox/openapi.json` | the endpoints of the service and their errors as an OpenAPI 3.1 document |
//! | `GET /_sandbox/requests?key=…` | the received requests with this key; without `key`, all requests |
//! | `GET /_sandbox/counts` | numbers of requests, sessions, random faults and connections |
//! | `GET /_sandbox/sessions/{id}` | the session with this id; 404 if this sandbox has not created it |
//! | `GET /_sandbox/customers/{id}` | a customer by id or e-mail address, with the changes that the widgets made (feature `widgets`; the pages of the widgets need not be served) |
//! | `POST /_sandbox/cases` | adds the cases of the case file in the body |
//! | `POST /_sandbox/reset` | deletes requests, sessions and changes of customers; scripts and random faults start again, and counts are 0 |
//! | `GET /` | the dashboard: requests, sessions, and forms that create sessions and handshake tokens (`SandboxBuilder::dashboard`; feature `widgets`) |
//! | `POST /_sandbox/token` | a handshake token for `{"customer_id": "…"}`, signed with the private key in the header `X-Brand-Key` (dashboard) |
//! | `POST /_sandbox/token/check` | the content of `{"token": "…"}` and the result of each check; the token is not used (dashboard) |
//! | `GET /_sandbox/events` | the changes that the dashboard shows, as server-sent events (feature `widgets`) |
//! | `GET /_sandbox/host?retention=ID&subscription=ID` | a page that embeds the widgets of these sessions, like the page of a business; `handshake=ID` opens both widgets with one session (feature `widgets`) |
//!
//! If a page of another site makes the browser send a request to a path below `/_sandbox/`, the response is status 403.
//! The sandbox recognizes such a request by its header `Origin`, or by `Sec-Fetch-Site: cross-site`. The endpoints of the
//! service accept every request with a valid key or token. Pages of every origin can read the response of the exchange.
//!
//! # Limits
//!
//! - 10,240 open connections.
//! - 8 KiB for the headers of a request, and 64 KiB for its body. The first 64 KiB of a larger body are recorded.
//! - 30 s to send a request that the client has started: see [`SandboxBuilder::client_timeout`].
//! - 1 MiB and 10,000 exchanges for a case file in a request, 1,000 exchanges for each case, and 4 MiB for all cases.
//!
//! For soak tests, a sandbox can respond with random faults instead of sessions: see [`SandboxBuilder::chaos`].

#![cfg_attr(docsrs, feature(doc_cfg))] // docs.rs shows which feature an item needs

mod api;
mod builder;
mod case;
mod contract;
#[cfg(feature = "widgets")]
mod dashboard;
mod domain;
mod error;
mod exchange;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod net;
mod redact;
mod router;
mod sandbox;
mod script;
mod server;
mod state;
#[doc(hidden)]
pub mod token;
#[cfg(feature = "widgets")]
mod widgets;

pub use builder::SandboxBuilder;
#[cfg(feature = "mutate")]
pub use case::MutatedCase;
pub use case::{
    Answer, Call, Case, CaseFile, CaseOption, Exchange, ExpectedError, ExpectedRequest, ExpectedSession,
    ExpectedToken, Fault, Outcome, When,
};
pub use domain::{
    CardBrand, Decision, Interval, OfferKind, PaymentMethod, Plan, Reason, Seed, SeedCustomer,
    SeedSubscription, SessionOutcome, Status,
};
pub use error::SandboxError;
pub use exchange::ExchangedSession;
pub use sandbox::{DEFAULT_KEY, DEFAULT_PUBLIC_KEY, Sandbox};
pub use state::{ConnectionCounts, Counts, Record, SessionRecord};
#[cfg(feature = "widgets")]
pub use widgets::{
    CustomerRecord, Day, Discount, Invoice, InvoiceStatus, SubscriptionRecord, WIDGETS_PORT, Widgets,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
