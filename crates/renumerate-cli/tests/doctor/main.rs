//! Tests of `renumerate doctor`: its report on each fault that it detects.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

mod calls;
mod network;
mod peers;
mod proxies;
mod report;
mod settings;
mod tls;
