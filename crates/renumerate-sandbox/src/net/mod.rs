//! Connections: their sockets, their time limits, and the memory for request bodies.

mod body_budget;
mod connection;
mod connection_table;
mod socket;
mod tracked_body;

pub(crate) use body_budget::{BodyBudget, ReadBody};
pub(crate) use connection::{CloseMode, Connection};
pub(crate) use connection_table::ConnectionTable;
pub(crate) use socket::{Socket, Stream};
pub(crate) use tracked_body::TrackedBody;
