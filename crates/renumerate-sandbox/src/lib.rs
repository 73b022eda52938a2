//! A Renumerate that runs on your own machine: both session endpoints, scripted answers, and a look behind the
//! scenes. Nothing leaves the machine and no account is needed.
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
//! It speaks the wire on its own and does not link the client, so that it can disagree with a client that is wrong.
//! What it answers is the vendor's contract (<https://docs.renumerate.com/reference/api>), or what a [`Case`] says:
//! see [`SandboxBuilder::cases`]. A few customers are scripted from the start, as Stripe's test cards are:
//!
#![doc = include_str!("../cases/magic-customers.md")]
//!
//! | path of its own | what it tells |
//! |---|---|
//! | `GET /_sandbox/health` | that it runs |
//! | `GET /_sandbox/openapi.json` | the session endpoints and their errors as an OpenAPI 3.1 document |
//! | `GET /_sandbox/requests?key=…` | what came, of this key or of all |
//! | `GET /_sandbox/counts` | how many requests, sessions, faults of chaos and connections there were |
//! | `GET /_sandbox/sessions/{id}` | what a session id stands for; 404 for one that was not minted here |
//! | `GET /_sandbox/customers/{id}` | a customer by id or e-mail, as the widgets have left it (feature `widgets`) |
//! | `POST /_sandbox/cases` | takes more cases, a case file as the body |
//! | `POST /_sandbox/reset` | forgets requests, sessions, what became of customers and how far scripts have got; counts and chaos begin anew |
//! | `GET /` | the workbench, a page for people: what came, and a form for sessions (`SandboxBuilder::workbench`; feature `widgets`) |
//! | `GET /_sandbox/events` | what the workbench shows, as server-sent events while it happens (feature `widgets`) |
//! | `GET /_sandbox/host?retention=ID&subscription=ID` | a page as a team has it, which opens the widgets of these sessions (feature `widgets`) |
//!
//! A browser's page of another machine gets a 403 on the paths below `/_sandbox/`: it is told by its `Origin`, or by
//! `Sec-Fetch-Site: cross-site`. The session endpoints answer everybody who has a key.
//!
//! It takes 10,240 connections at a time and heads of 8 KiB. A body is refused from 64 KiB on; of one that is larger its
//! beginning is remembered. A client has 30 s for a request that it has begun ([`SandboxBuilder::client_timeout`]).
//! Cases that come over the wire are a file of 1 MiB at most, and 4 MiB together. A case has 1,000 exchanges
//! at most, and such a file 10,000.
//!
//! A sandbox for soak tests plays random faults instead of sessions: see [`SandboxBuilder::chaos`].

#![cfg_attr(docsrs, feature(doc_cfg))] // docs.rs shows which feature an item needs

mod api;
mod builder;
mod case;
mod contract;
#[cfg(feature = "widgets")]
mod dashboard;
mod domain;
mod error;
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
#[cfg(feature = "widgets")]
mod widgets;

pub use builder::SandboxBuilder;
#[cfg(feature = "mutate")]
pub use case::MutatedCase;
pub use case::{
    Answer, Call, Case, CaseFile, CaseOption, Exchange, ExpectedError, ExpectedRequest, ExpectedSession,
    Fault, Outcome, When,
};
pub use domain::{
    Decision, Interval, OfferKind, Plan, Reason, Seed, SeedCustomer, SeedSubscription, SessionOutcome, Status,
};
pub use error::SandboxError;
pub use sandbox::{DEFAULT_KEY, Sandbox};
pub use state::{ConnectionCounts, Counts, Record, SessionRecord};
#[cfg(feature = "widgets")]
pub use widgets::{CustomerRecord, Day, Discount, SubscriptionRecord, WIDGETS_PORT, Widgets};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
