//! What the fuzz targets see of the inside. It is no part of the public API: it may change in any release.

use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::DuplexStream;

use crate::builder::SandboxBuilder;
use crate::connection::Connection;
use crate::router::{Shared, router};
use crate::sandbox::SandboxError;
use crate::server;
use crate::socket::Stream;

/// A sandbox that listens nowhere and is handed its connections.
#[derive(Debug)]
pub struct Handler(Arc<Shared>);

impl Handler {
    /// One that knows what each sandbox knows from the start.
    ///
    /// # Errors
    ///
    /// None, as long as the scripts that come with the sandbox can be read.
    pub fn new() -> Result<Self, SandboxError> {
        Ok(Self(SandboxBuilder::default().shared("http://127.0.0.1:1".to_owned())?))
    }

    /// Answers what comes on one connection, to its end.
    pub async fn answer(&self, stream: DuplexStream) {
        let open = server::Open::new(&self.0, &Connection::new(1));
        server::answer(stream, open, router(Arc::clone(&self.0))).await;
    }
}

impl Stream for DuplexStream {
    fn reset_when_dropped(&self) {} // memory knows one end alone

    fn poll_begins(&self, _context: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}
