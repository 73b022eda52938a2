//! A response's body that tells its connection when it is over.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::connection::Connection;

/// It is over when it is dropped: hyper does so with the last piece in its hands, and when the connection ends.
#[derive(Debug)]
pub(crate) struct TellsEnd {
    body: Body,
    connection: Arc<Connection>,
}

impl TellsEnd {
    pub(crate) fn new(body: Body, connection: Arc<Connection>) -> Self {
        Self { body, connection }
    }
}

impl Drop for TellsEnd {
    fn drop(&mut self) {
        self.connection.answer_ends();
    }
}

impl HttpBody for TellsEnd {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
