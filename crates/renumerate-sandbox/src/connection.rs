//! One connection, and how it can be made to end: what a server in trouble does to its sockets.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// How a connection ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As a server does that has had enough: the peer reads the end of the stream.
    Close,
    /// As a server does that has crashed: the peer's reads and writes fail.
    Reset,
}

/// What handlers know of the connection that they answer on.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) number: u64,
    reset: AtomicBool,
    end: Notify,
}

impl Connection {
    pub(crate) fn new(number: u64) -> Arc<Self> {
        Arc::new(Self { number, reset: AtomicBool::new(false), end: Notify::new() })
    }

    /// Ends the connection now, whatever it is in the middle of.
    pub(crate) fn end(&self, ending: Ending) {
        self.reset.store(ending == Ending::Reset, Ordering::Relaxed);
        self.end.notify_one();
    }

    /// Waits until somebody ends it.
    pub(crate) async fn ended(&self) {
        self.end.notified().await;
    }
}

/// What a connection goes over.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// Lets the end of it be a reset, where it could be a close in good order.
    fn reset_when_dropped(&self);
}

impl Stream for TcpStream {
    fn reset_when_dropped(&self) {
        // Without it a socket closes in good order.
        let _best_effort = self.set_zero_linger();
    }
}

/// The connection's socket: dropped, it closes as it was told to.
#[derive(Debug)]
pub(crate) struct Socket<S: Stream> {
    stream: S,
    connection: Arc<Connection>,
}

impl<S: Stream> Socket<S> {
    pub(crate) fn new(stream: S, connection: Arc<Connection>) -> Self {
        Self { stream, connection }
    }
}

impl<S: Stream> Drop for Socket<S> {
    fn drop(&mut self) {
        if self.connection.reset.load(Ordering::Relaxed) {
            self.stream.reset_when_dropped();
        }
    }
}

impl<S: Stream> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: Stream> AsyncWrite for Socket<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
