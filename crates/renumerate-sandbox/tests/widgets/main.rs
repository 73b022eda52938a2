//! Tests of the widgets over HTTPS. `tests/browser` tests their appearance and messages in a browser.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

mod access;
mod billing;
mod brand;
mod customers;
mod dashboard;
mod exchange;
mod flow;
mod handshake;
mod hub;
mod support;
#[path = "../exchange/token.rs"]
mod token;
mod transport;
