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
//! | `customer_id` | answer |
//! |---|---|
//! | `cus_not_found` | 404 |
//! | `cus_server_error` | 500 |
//! | `cus_rate_limited` | 429 with `Retry-After: 1` |
//! | `cus_slow` | a session, after 3 s |
//! | `cus_unstable` | 503, then a session, and so on in turn |
//! | `cus_html`, `cus_html_200` | a page of HTML: a proxy's 502, or a guest network's 200 |
//! | `cus_stall`, `cus_stall_in_body`, `cus_slow_drip` | nothing, half of an answer, an answer byte by byte |
//! | `cus_reset`, `cus_close` | the connection reset, or closed, before the status line |
//! | `cus_reset_in_body`, `cus_truncated` | the same after half of the body |
//! | `cus_redirect` | 302 to another host |
//! | `cus_wrong_prefix`, `cus_no_id`, `cus_bad_json`, `cus_too_long`, `cus_gzip` | 200 with what is no session |
//! | `cus_closes_idle` | a session, and 50 ms later the end of the connection |
//!
//! | path of its own | what it tells |
//! |---|---|
//! | `GET /_sandbox/health` | that it runs |
//! | `GET /_sandbox/openapi.json` | the session endpoints and their errors as an OpenAPI 3.1 document |
//! | `GET /_sandbox/requests?key=…` | what came, of this key or of all |
//! | `GET /_sandbox/counts` | how many requests, sessions, faults of chaos and connections there were |
//! | `GET /_sandbox/sessions/{id}` | what a session id stands for; 404 for one that was not minted here |
//! | `POST /_sandbox/cases` | takes more cases, a case file as the body |
//! | `POST /_sandbox/reset` | forgets requests, sessions and how far scripts have got; counts and chaos begin anew |
//!
//! It takes 10,240 connections at a time and heads of 8 KiB. A body is refused from 64 KiB on; of one that is larger its
//! beginning is remembered. A client has 30 s for a request that it has begun ([`SandboxBuilder::client_timeout`]).
//! Cases that come over the wire are a file of 1 MiB at most, and 4 MiB together. A case has 1,000 exchanges
//! at most, and such a file 10,000.
//!
//! A sandbox for soak tests plays random faults instead of sessions: see [`SandboxBuilder::chaos`].

#![cfg_attr(docsrs, feature(doc_cfg))] // docs.rs shows which feature an item needs

#[cfg(feature = "alter")]
mod alter;
mod api;
mod case;
mod case_file;
mod chaos;
mod connection;
mod contract;
mod counts;
mod fault;
mod filling;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod intake;
mod ledger;
mod listing;
mod mint;
mod over;
mod own;
mod playing;
mod router;
mod sandbox;
mod script;
mod seed;
mod server;
mod socket;
mod step;
mod written;

#[cfg(feature = "alter")]
pub use alter::AlteredCase;
pub use case::{
    Answer, Call, Case, CaseFile, Exchange, ExpectedError, ExpectedRequest, ExpectedSession, Fault, Outcome,
    Setting, When,
};
pub use counts::{ConnectionCounts, Counts};
pub use ledger::Record;
pub use mint::SessionRecord;
pub use sandbox::{DEFAULT_KEY, Sandbox, SandboxBuilder, SandboxError};
pub use seed::{Seed, SeedCustomer};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
