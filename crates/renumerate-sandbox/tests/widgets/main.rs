//! The widgets by HTTPS, asked by hand. How they look and speak in a browser is tried in `tests/browser`.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

mod browser;
mod dashboard;
mod flow;
mod hub;
mod refusals;
mod transport;
