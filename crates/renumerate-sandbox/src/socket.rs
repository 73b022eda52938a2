//! A connection's socket. It tells the connection what moves.

use std::io;
use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::connection::Connection;

/// How long what a client goes on sending is thrown away, so that it can read why.
const LINGER: Duration = Duration::from_secs(5);

/// What a connection goes over.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// Lets the end of it be a reset, where it could be a close in good order.
    fn reset_when_dropped(&self);

    /// Waits until there is something to read, or its end.
    fn poll_begins(&self, context: &mut Context<'_>) -> Poll<()>;
}

impl Stream for TcpStream {
    fn reset_when_dropped(&self) {
        // Without it a socket closes in good order.
        let _best_effort = self.set_zero_linger();
    }

    fn poll_begins(&self, context: &mut Context<'_>) -> Poll<()> {
        self.poll_peek(context, &mut ReadBuf::new(&mut [0])).map(drop)
    }
}

/// Dropped, it closes as its connection was told to.
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

    fn written(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &result {
            Poll::Pending => self.connection.blocked(),
            Poll::Ready(_) => self.connection.wrote(),
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
            self.connection.read();
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
        self.written(result)
    }

    // hyper copies what it writes for sockets that do not take it in pieces.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.written(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Closing a socket with bytes in it that nobody read resets the connection, and the answer may be lost with it: a
    /// client that was refused in the middle of its request gets a moment to read the answer.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { stream, connection, linger, .. } = &mut *self;
        if linger.is_none() {
            ready!(Pin::new(&mut *stream).poll_shutdown(context))?;
            if !connection.is_unread() {
                return Poll::Ready(Ok(()));
            }
        }
        let linger = linger.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        while linger.as_mut().poll(context).is_pending() {
            let mut space = [0; 8192];
            let mut thrown_away = ReadBuf::new(&mut space);
            let read = ready!(Pin::new(&mut *stream).poll_read(context, &mut thrown_away));
            if read.is_err() || thrown_away.filled().is_empty() {
                break; // it has left
            }
        }
        Poll::Ready(Ok(()))
    }
}
