//! Reads the bodies of requests within a fixed memory budget.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::connection::Connection;

/// Maximum number of bytes that are read from a body, including bytes that are discarded.
const READ_MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Size up to which a body needs no permit from the memory budget. A session request has about a tenth of this size.
const SMALL_BYTES: usize = 2 * 1024;

/// Memory budget for large request bodies.
#[derive(Debug)]
pub(crate) struct BodyBudget {
    /// Maximum size of a body that is kept completely.
    body_max_bytes: usize,
    permits: Semaphore,
}

/// Beginning of a request body. If the body is large, this value also holds a permit of the memory budget.
#[derive(Debug)]
pub(crate) struct ReadBody<'a> {
    /// First bytes of the body: at most one more than the maximum size. The additional byte shows that the body is too
    /// large.
    pub(crate) bytes: Vec<u8>,
    pub(crate) permit: Option<SemaphorePermit<'a>>,
}

impl BodyBudget {
    /// Creates a budget for `bodies` large bodies at a time, each of at most `body_max_bytes` bytes.
    pub(crate) fn new(body_max_bytes: usize, bodies: usize) -> Self {
        Self { body_max_bytes, permits: Semaphore::new(bodies) }
    }

    /// Reads a body, and then tells the connection that the request is complete. Returns `None` if the body is
    /// incomplete or larger than [`READ_MAX_BYTES`].
    pub(crate) async fn read(&self, mut body: Body, connection: &Connection) -> Option<ReadBody<'_>> {
        let size = body.size_hint();
        if size.lower() > READ_MAX_BYTES {
            return None; // the announced size is sufficient to reject the body
        }
        let mut read = ReadBody { bytes: Vec::new(), permit: None };
        let max_bytes = self.body_max_bytes + 1;
        let mut received = 0;
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let Ok(data) = frame.ok()?.into_data() else { continue };
            received += data.len() as u64;
            if received > READ_MAX_BYTES {
                return None;
            }
            if read.permit.is_none() && read.bytes.len() + data.len() > SMALL_BYTES {
                read.permit = Some(self.permit(connection).await?);
                read.bytes.reserve_exact(max_bytes - read.bytes.len());
            }
            let wanted = data.len().min(max_bytes - read.bytes.len());
            read.bytes.extend_from_slice(data.get(..wanted).unwrap_or_default());
        }
        connection.request_received();
        Some(read)
    }

    /// Waits for a permit of the memory budget. The waiting time does not count towards the client's timeout.
    async fn permit(&self, connection: &Connection) -> Option<SemaphorePermit<'_>> {
        if let Ok(permit) = self.permits.try_acquire() {
            return Some(permit);
        }
        connection.budget_exhausted();
        let permit = self.permits.acquire().await.ok();
        connection.budget_granted();
        permit
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::{Context, Waker};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn only_large_bodies_wait_for_the_memory_budget() {
        let (budget, connection) = (BodyBudget::new(8192, 1), Connection::new(1));
        let large = || Body::from(vec![b'x'; SMALL_BYTES + 1]);
        let first = budget.read(large(), &connection).await.unwrap();
        assert_eq!(first.bytes.len(), SMALL_BYTES + 1);

        // A small body of unknown length.
        let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>("sm"), Ok("all")]);
        let small = budget.read(Body::from_stream(pieces), &connection);
        assert_eq!(
            tokio::time::timeout(Duration::from_secs(5), small).await.unwrap().unwrap().bytes,
            b"small"
        );

        let client = Connection::new(2);
        client.head_received();
        let due = client.deadline(Duration::ZERO).unwrap();
        let mut second = std::pin::pin!(budget.read(large(), &client));
        assert!(second.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(client.deadline(Duration::ZERO), None, "no timeout applies during the wait");
        drop(first);
        assert_eq!(second.await.unwrap().bytes.len(), SMALL_BYTES + 1);

        client.head_received();
        client.budget_exhausted();
        std::thread::sleep(Duration::from_millis(20));
        client.budget_granted();
        assert!(client.deadline(Duration::ZERO).unwrap() >= due + Duration::from_millis(20));
    }
}
