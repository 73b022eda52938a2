//! Bodies that do not come as they should.

use std::collections::VecDeque;
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

/// Long enough for what was written to be on its way before the next thing happens.
const PAUSE: Duration = Duration::from_millis(10);
const DRIP: Duration = Duration::from_millis(20);

/// A body in pieces with pauses between them, and what happens after the last one.
pub(crate) struct FaultyBody {
    pieces: VecDeque<Bytes>,
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
    /// The body as the fault has it; `None` where the fault is not one of bodies.
    pub(crate) fn new(fault: Fault, body: &Bytes, connection: Arc<Connection>) -> Option<Self> {
        let half = || VecDeque::from([body.slice(..body.len() / 2)]);
        let (pieces, pause, last) = match fault {
            Fault::StallInBody => (half(), PAUSE, Last::Stall),
            Fault::ResetInBody => (half(), PAUSE, Last::End(connection, Ending::Reset)),
            Fault::TruncateBody => (half(), PAUSE, Last::End(connection, Ending::Close)),
            Fault::SlowDrip => ((0..body.len()).map(|at| body.slice(at..=at)).collect(), DRIP, Last::Done),
            Fault::StallBeforeHeaders | Fault::ResetBeforeStatus | Fault::CloseBeforeStatus => return None,
        };
        Some(Self { pieces, pause, pausing: None, last })
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
        }
        self.pausing = Some(Box::pin(sleep(self.pause)));
        if let Some(piece) = self.pieces.pop_front() {
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
