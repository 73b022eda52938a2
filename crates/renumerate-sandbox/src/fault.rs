//! Bodies that do not come as they should.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame};
use tokio::time::{Sleep, sleep};

use crate::case::Fault;
use crate::connection::{Connection, Ending};
use crate::written::Written;

/// Long enough for what was written to be on its way before the next thing happens.
const PAUSE: Duration = Duration::from_millis(10);
const DRIP: Duration = Duration::from_millis(20);

/// A body in pieces with pauses between them, and what happens after the last one.
pub(crate) struct FaultyBody {
    body: Written,
    piece_bytes: usize,
    pause: Duration,
    pausing: Option<Pin<Box<Sleep>>>,
    last: Last,
}

enum Last {
    Done,
    Stall,
    End(Arc<Connection>, Ending),
}

impl FaultyBody {
    /// The body as the fault has it: whole, where the fault is not one of bodies.
    pub(crate) fn new(fault: Fault, mut body: Written, connection: Arc<Connection>) -> Self {
        let (piece_bytes, pause, last) = match fault {
            Fault::StallInBody => (usize::MAX, PAUSE, Last::Stall),
            Fault::ResetInBody => (usize::MAX, PAUSE, Last::End(connection, Ending::Reset)),
            Fault::TruncateBody => (usize::MAX, PAUSE, Last::End(connection, Ending::Close)),
            Fault::SlowDrip => (1, DRIP, Last::Done),
            Fault::StallBeforeHeaders | Fault::ResetBeforeStatus | Fault::CloseBeforeStatus => {
                (usize::MAX, Duration::ZERO, Last::Done)
            }
        };
        if !matches!(last, Last::Done) {
            body.cut(body.left() / 2);
        }
        Self { body, piece_bytes, pause, pausing: None, last }
    }
}

impl Body for FaultyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(pausing) = &mut self.pausing {
            ready!(pausing.as_mut().poll(context));
            self.pausing = None;
        }
        let most = self.piece_bytes;
        let piece = self.body.next(most);
        if !piece.is_empty() {
            if self.body.left() == 0 || matches!(self.last, Last::Done) {
                self.pausing = Some(Box::pin(sleep(self.pause)));
            }
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        match &self.last {
            Last::Done => Poll::Ready(None),
            Last::Stall => Poll::Pending,
            Last::End(connection, ending) => {
                connection.end(*ending);
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
    async fn a_stall_wakes_nobody() {
        let stall = FaultyBody::new(
            Fault::StallInBody,
            Written::new(&Bytes::from_static(b"half"), 1),
            Connection::new(1),
        );
        let (mut body, mut polls) = (stall, 0);
        let stalled = poll_fn(|context| {
            polls += 1;
            // As hyper does, which asks again for what was not ready.
            while Pin::new(&mut body).poll_frame(context).is_ready() {}
            Pin::new(&mut body).poll_frame(context).map(drop)
        });
        assert!(tokio::time::timeout(Duration::from_secs(60), stalled).await.is_err());
        assert!(polls < 10, "{polls} polls in a minute");
    }
}
