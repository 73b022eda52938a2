//! Tests of the dashboard over HTTP: pages, events, and access.
#![cfg(feature = "widgets")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod event_stream;
mod events;
mod host_page;
mod index;
mod limits;
mod origin_guard;
mod redaction;
mod support;
mod token;
