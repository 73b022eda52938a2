//! Reading the bodies of requests: as much as is needed, in a room of fixed size.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::connection::Connection;

/// More than this is not even read and thrown away.
const READ_MAX_BYTES: u64 = 4 * 1024 * 1024;

/// So much of each body is read without room: a session's is a tenth of it.
const SMALL_BYTES: usize = 2 * 1024;

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
    pub(crate) room: Option<SemaphorePermit<'a>>,
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
        let mut came = 0;
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let Ok(data) = frame.ok()?.into_data() else { continue };
            came += data.len() as u64;
            if came > READ_MAX_BYTES {
                return None;
            }
            if taken.room.is_none() && taken.bytes.len() + data.len() > SMALL_BYTES {
                taken.room = Some(self.room(connection).await?);
                taken.bytes.reserve_exact(most - taken.bytes.len());
            }
            let wanted = data.len().min(most - taken.bytes.len());
            taken.bytes.extend_from_slice(data.get(..wanted).unwrap_or_default());
        }
        connection.request_came();
        Some(taken)
    }

    /// Waits until there is room. Whose fault that is cannot be told, but it is not this client's.
    async fn room(&self, connection: &Connection) -> Option<SemaphorePermit<'_>> {
        if let Ok(room) = self.room.try_acquire() {
            return Some(room);
        }
        connection.waits_for_room();
        let room = self.room.acquire().await.ok();
        connection.has_room();
        room
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::{Context, Waker};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn only_what_is_not_small_waits_for_room_and_at_nobodys_cost() {
        let (intake, connection) = (Intake::new(8192, 1), Connection::new(1));
        let large = || Body::from(vec![b'x'; SMALL_BYTES + 1]);
        let first = intake.read(large(), &connection).await.unwrap();
        assert_eq!(first.bytes.len(), SMALL_BYTES + 1);

        // Its length is not known, and it is small.
        let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>("sm"), Ok("all")]);
        let small = intake.read(Body::from_stream(pieces), &connection);
        assert_eq!(
            tokio::time::timeout(Duration::from_secs(5), small).await.unwrap().unwrap().bytes,
            b"small"
        );

        let client = Connection::new(2);
        client.head_came();
        let due = client.deadline(Duration::ZERO).unwrap();
        let mut second = std::pin::pin!(intake.read(large(), &client));
        assert!(second.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(client.deadline(Duration::ZERO), None, "it is not the client's turn");
        drop(first);
        assert_eq!(second.await.unwrap().bytes.len(), SMALL_BYTES + 1);

        client.head_came();
        client.waits_for_room();
        std::thread::sleep(Duration::from_millis(20));
        client.has_room();
        assert!(client.deadline(Duration::ZERO).unwrap() >= due + Duration::from_millis(20));
    }
}
