//! Reading the bodies of requests: as much as is needed, in a room of fixed size.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::connection::Connection;

/// More than this is not even read and thrown away.
const READ_MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Bodies that are announced with no more than this need no room: a session's is a tenth of it.
const SMALL_BYTES: u64 = 2 * 1024;

/// Room for some bodies at a time that are not small.
#[derive(Debug)]
pub(crate) struct Intake {
    /// The largest body that is kept whole.
    body_max_bytes: usize,
    room: Semaphore,
}

/// A body as far as it is kept. While it lives, it takes its room.
#[derive(Debug)]
pub(crate) struct Taken<'a> {
    /// One byte more than the most that is kept whole tells that it is larger.
    pub(crate) bytes: Vec<u8>,
    room: Option<SemaphorePermit<'a>>,
}

impl Intake {
    pub(crate) fn new(body_max_bytes: usize, bodies: usize) -> Self {
        Self { body_max_bytes, room: Semaphore::new(bodies) }
    }

    /// Reads a body, and tells the connection that it has come. `None` where it is far too large, or was cut short.
    pub(crate) async fn read(&self, mut body: Body, connection: &Connection) -> Option<Taken<'_>> {
        let size = body.size_hint();
        if size.lower() > READ_MAX_BYTES {
            return None; // what is announced need not be waited for
        }
        let mut taken = Taken { bytes: Vec::new(), room: None };
        let most = self.body_max_bytes + 1;
        if size.upper().is_none_or(|bytes| bytes > SMALL_BYTES) {
            // Before anything of it is read: those that wait hold nothing.
            taken.room = Some(self.room.acquire().await.ok()?);
            taken.bytes.reserve_exact(most);
        }
        let mut came = 0;
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let Ok(data) = frame.ok()?.into_data() else { continue };
            came += data.len() as u64;
            if came > READ_MAX_BYTES {
                return None;
            }
            let wanted = data.len().min(most - taken.bytes.len());
            taken.bytes.extend_from_slice(data.get(..wanted).unwrap_or_default());
        }
        connection.request_came();
        Some(taken)
    }
}
