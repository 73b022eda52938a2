//! Response bodies with a fault: they are sent slowly, stall or end early.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame};
use tokio::time::{Sleep, sleep};

use crate::case::Fault;
use crate::net::{CloseMode, Connection};
use crate::script::body::ScriptBody;

/// Pause before a fault occurs. In this time, the operating system can send the bytes that were written.
const PAUSE: Duration = Duration::from_millis(10);
const DRIP: Duration = Duration::from_millis(20);

/// Response body that is sent in chunks with pauses. `end` is what happens after the last chunk.
pub(crate) struct FaultyBody {
    body: ScriptBody,
    chunk_bytes: usize,
    pause: Duration,
    pending_pause: Option<Pin<Box<Sleep>>>,
    end: End,
}

/// Event after the last chunk.
enum End {
    Complete,
    Stall,
    Close(Arc<Connection>, CloseMode),
}

impl FaultyBody {
    /// Creates a body with a fault. If the fault does not affect the body, the body is sent completely.
    pub(crate) fn new(fault: Fault, mut body: ScriptBody, connection: Arc<Connection>) -> Self {
        let (chunk_bytes, pause, end) = match fault {
            Fault::StallInBody => (usize::MAX, PAUSE, End::Stall),
            Fault::ResetInBody => (usize::MAX, PAUSE, End::Close(connection, CloseMode::Reset)),
            Fault::TruncateBody => (usize::MAX, PAUSE, End::Close(connection, CloseMode::Graceful)),
            Fault::SlowDrip => (1, DRIP, End::Complete),
            Fault::StallBeforeHeaders | Fault::ResetBeforeStatus | Fault::CloseBeforeStatus => {
                (usize::MAX, Duration::ZERO, End::Complete)
            }
        };
        if !matches!(end, End::Complete) {
            body.truncate(body.remaining() / 2);
        }
        Self { body, chunk_bytes, pause, pending_pause: None, end }
    }
}

impl Body for FaultyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(pause) = &mut self.pending_pause {
            ready!(pause.as_mut().poll(context));
            self.pending_pause = None;
        }
        let max_bytes = self.chunk_bytes;
        let chunk = self.body.next(max_bytes);
        if !chunk.is_empty() {
            if self.body.remaining() == 0 || matches!(self.end, End::Complete) {
                self.pending_pause = Some(Box::pin(sleep(self.pause)));
            }
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        match &self.end {
            End::Complete => Poll::Ready(None),
            End::Stall => Poll::Pending,
            End::Close(connection, mode) => {
                connection.close(*mode);
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn stalled_body_does_not_wake_its_task() {
        let stall = FaultyBody::new(
            Fault::StallInBody,
            ScriptBody::new(&Bytes::from_static(b"half"), 1),
            Connection::new(1),
        );
        let (mut body, mut polls) = (stall, 0);
        let stalled = poll_fn(|context| {
            polls += 1;
            // Polls the body again after each frame, as hyper does.
            while Pin::new(&mut body).poll_frame(context).is_ready() {}
            Pin::new(&mut body).poll_frame(context).map(drop)
        });
        assert!(tokio::time::timeout(Duration::from_secs(60), stalled).await.is_err());
        assert!(polls < 10, "{polls} polls in a minute");
    }
}
