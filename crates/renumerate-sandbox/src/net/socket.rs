//! Socket of a connection. The socket reports reads and writes to the [`Connection`].

use std::io;
use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::connection::Connection;

/// Maximum time for which the sandbox reads and discards the remaining bytes of a rejected request. Without this, the
/// client could lose the response.
const LINGER: Duration = Duration::from_secs(5);

/// Byte stream of a connection.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// Configures the stream to reset the connection when the stream is dropped, if the stream supports this.
    fn reset_when_dropped(&self);

    /// Waits until there are bytes to read, or until the stream ends.
    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()>;
}

impl Stream for TcpStream {
    fn reset_when_dropped(&self) {
        // If this fails, the socket closes gracefully.
        let _best_effort = self.set_zero_linger();
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()> {
        self.poll_peek(context, &mut ReadBuf::new(&mut [0])).map(drop)
    }
}

/// Socket that closes gracefully or with a reset, as its [`Connection`] demands.
#[derive(Debug)]
pub(crate) struct Socket<S: Stream> {
    stream: S,
    connection: Arc<Connection>,
    linger: Option<Pin<Box<Sleep>>>,
}

impl<S: Stream> Socket<S> {
    pub(crate) fn new(stream: S, connection: Arc<Connection>) -> Self {
        Self { stream, connection, linger: None }
    }

    fn report_write(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &result {
            Poll::Pending => self.connection.write_blocked(),
            Poll::Ready(_) => self.connection.bytes_sent(),
        }
        result
    }
}

impl<S: Stream> Drop for Socket<S> {
    fn drop(&mut self) {
        if self.connection.is_reset() {
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
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.connection.bytes_received();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: Stream> AsyncWrite for Socket<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.report_write(result)
    }

    // The socket supports vectored writes, because hyper would otherwise copy all buffers into one.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.report_write(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Closes the socket. If a socket is closed while it has unread bytes, the operating system resets the connection,
    /// and the client may lose the response. So if the client is still sending a rejected request, the bytes are
    /// discarded for some time before the socket is closed.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { stream, connection, linger, .. } = &mut *self;
        if linger.is_none() {
            ready!(Pin::new(&mut *stream).poll_shutdown(context))?;
            if !connection.has_unread_request() {
                return Poll::Ready(Ok(()));
            }
        }
        let linger = linger.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        while linger.as_mut().poll(context).is_pending() {
            let mut space = [0; 8192];
            let mut discarded = ReadBuf::new(&mut space);
            let read = ready!(Pin::new(&mut *stream).poll_read(context, &mut discarded));
            if read.is_err() || discarded.filled().is_empty() {
                break; // the client has closed the connection
            }
        }
        Poll::Ready(Ok(()))
    }
}
