//! The dashboard on the wire: its pages, its events, and who may see them.
#![cfg(feature = "widgets")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod asking;
mod events;
mod host;
mod keys;
mod limits;
mod listening;
mod origin_guard;
mod page;
