//! Interface for the fuzz targets. This module is not part of the public API, and may change in any release.

use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::DuplexStream;

use crate::builder::SandboxBuilder;
use crate::error::SandboxError;
use crate::net::{Connection, Stream};
use crate::router::router;
use crate::server::{ConnectionGuard, serve_connection};
use crate::state::AppState;

/// Sandbox without a listener. The sandbox serves the connections that are passed to [`answer`](Self::answer).
#[derive(Debug)]
pub struct Handler(Arc<AppState>);

impl Handler {
    /// Creates a sandbox with default settings.
    ///
    /// # Errors
    ///
    /// [`SandboxError::InvalidCaseFile`] if the scripts of the magic customers are invalid.
    pub fn new() -> Result<Self, SandboxError> {
        Ok(Self(SandboxBuilder::default().build_state("http://127.0.0.1:1".to_owned())?))
    }

    /// Serves a connection until it is closed.
    pub async fn answer(&self, stream: DuplexStream) {
        let guard = ConnectionGuard::new(&self.0, &Connection::new(1));
        serve_connection(stream, guard, router(&self.0)).await;
    }
}

impl Stream for DuplexStream {
    fn reset_when_dropped(&self) {} // a stream in memory cannot be reset

    fn poll_readable(&self, _context: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}
