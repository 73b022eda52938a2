//! The doctor as a shell sees it, against each fault that it is there to name.
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
