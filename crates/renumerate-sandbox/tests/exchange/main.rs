//! Exchange of handshake tokens over HTTP.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

mod cors;
mod errors;
mod method;
mod redaction;
mod sessions;
mod support;
mod token;
