//! Pool of idle connections.
//!
//! Each connection belongs to the tokio runtime that opened it, and works only while that runtime runs. So a call takes
//! only connections of its own runtime.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use tokio::runtime::{Handle, Id};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Time after which an idle connection is closed. Servers and load balancers usually keep idle connections longer, so
/// the client seldom reuses a connection that the peer has closed.
pub(crate) const IDLE_CONNECTION: Duration = Duration::from_secs(15);

/// Time after which a connection is not reused, so that calls follow a host name that moves to another address. Each
/// connection's time is shorter by up to a fifth, so that connections of the same age are not all replaced at once.
const MAX_AGE: Duration = Duration::from_secs(5 * 60);

/// An open connection that can send a request.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) sender: SendRequest<Full<Bytes>>,
    /// Receives the error that ends the connection.
    failure: oneshot::Receiver<hyper::Error>,
    /// Runtime that drives the connection.
    runtime: Option<Id>,
    /// Time after which the connection is not reused.
    expires: Instant,
}

impl Connection {
    /// Wraps a connection that has just been opened on the current runtime.
    pub(super) fn new(sender: SendRequest<Full<Bytes>>, failure: oneshot::Receiver<hyper::Error>) -> Self {
        let age = MAX_AGE.mul_f64(1.0 - fastrand::f64() / 5.0);
        Self { sender, failure, runtime: current_runtime(), expires: Instant::now() + age }
    }

    /// Returns the error that ended the connection before it could send a request, such as an alert of TLS. hyper reports
    /// only to the task of the connection.
    pub(super) async fn failure(&mut self, deadline: Instant) -> Option<hyper::Error> {
        timeout_at(deadline, &mut self.failure).await.ok()?.ok()
    }
}

fn current_runtime() -> Option<Id> {
    Handle::try_current().ok().map(|runtime| runtime.id())
}

#[derive(Debug)]
struct IdleConnection {
    connection: Connection,
    since: Instant,
}

/// The idle connections of a client.
#[derive(Debug, Default)]
pub(super) struct Pool(Mutex<Idle>);

#[derive(Debug, Default)]
struct Idle {
    /// The connections in the order in which they became idle.
    connections: Vec<IdleConnection>,
    /// The runtimes on which a task is running that closes expired connections.
    reapers: Vec<Option<Id>>,
}

impl Pool {
    /// Takes the connection of the current runtime that was used last.
    pub(super) fn take(&self) -> Option<Connection> {
        let (runtime, now) = (current_runtime(), Instant::now());
        let mut unusable = Vec::new(); // dropped after the lock, because this wakes the tasks of the connections
        let mut idle = self.lock();
        while let Some(index) = idle.connections.iter().rposition(|idle| idle.connection.runtime == runtime) {
            let IdleConnection { connection, since } = idle.connections.remove(index);
            if !connection.sender.is_closed() && now < connection.expires && now < since + IDLE_CONNECTION {
                return Some(connection);
            }
            unusable.push(connection);
        }
        None
    }

    /// Keeps a connection for later calls, and closes those that have been idle for too long.
    pub(super) fn put(self: &Arc<Self>, connection: Connection) {
        let now = Instant::now();
        let mut idle = self.lock();
        let expired = idle.drain_expired(now);
        idle.connections.push(IdleConnection { connection, since: now });
        let runtime = current_runtime();
        let has_reaper = idle.reapers.contains(&runtime);
        if !has_reaper {
            idle.reapers.push(runtime);
        }
        drop(idle); // before the next lines, which wake the tasks of connections, or may drop the reaper at once
        drop(expired);
        if !has_reaper {
            tokio::spawn(Reaper { pool: Arc::downgrade(self), runtime }.run());
        }
    }

    /// Closes all idle connections, after one of them has turned out to be dead. The network or the peer has probably
    /// forgotten the others too. Connections that are in use come back if their calls succeed.
    pub(super) fn clear(&self) {
        let connections = std::mem::take(&mut self.lock().connections);
        drop(connections);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Idle> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Idle {
    fn drain_expired(&mut self, now: Instant) -> Vec<IdleConnection> {
        let first_fresh = self.connections.partition_point(|idle| idle.since + IDLE_CONNECTION <= now);
        self.connections.drain(..first_fresh).collect()
    }
}

/// Task that closes expired connections while no call does. It ends when no connection is idle, or with its runtime. Each
/// runtime has its own, because a runtime may be alive without being driven.
struct Reaper {
    pool: Weak<Pool>,
    runtime: Option<Id>,
}

impl Reaper {
    async fn run(self) {
        while let Some(next) = self.reap() {
            sleep_until(next).await;
        }
    }

    /// Closes the expired connections. Returns the time at which the next connection expires, or `None` if there is no
    /// other.
    fn reap(&self) -> Option<Instant> {
        let pool = self.pool.upgrade()?;
        let mut idle = pool.lock();
        let expired = idle.drain_expired(Instant::now());
        let next = idle.connections.first().map(|idle| idle.since + IDLE_CONNECTION);
        if next.is_none() {
            idle.reapers.retain(|runtime| *runtime != self.runtime);
        }
        drop(idle);
        drop(expired);
        next
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.lock().reapers.retain(|runtime| *runtime != self.runtime);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::client::conn::http1::handshake;
    use hyper_util::rt::TokioIo;
    use tokio::io::DuplexStream;
    use tokio::time::advance;

    /// Opens a connection. The second value is the peer's end, which keeps it open.
    async fn connection() -> (Connection, DuplexStream) {
        let (client, peer) = tokio::io::duplex(1024);
        let (sender, connection) = handshake(TokioIo::new(client)).await.unwrap();
        tokio::spawn(connection);
        (Connection::new(sender, oneshot::channel().1), peer)
    }

    /// Rules: S11
    #[tokio::test(start_paused = true)]
    async fn idle_connection_is_closed_after_15_seconds() {
        let pool = Arc::new(Pool::default());
        let (first, _peer) = connection().await;
        pool.put(first);
        advance(Duration::from_secs(14)).await;
        let first = pool.take().unwrap();
        pool.put(first);
        sleep_until(Instant::now() + Duration::from_secs(16)).await;
        assert!(pool.lock().connections.is_empty(), "the reaper has not closed the connection");
        assert!(pool.take().is_none());
    }

    /// Rules: S11
    #[tokio::test(start_paused = true)]
    async fn busy_connection_is_replaced_within_five_minutes() {
        let pool = Arc::new(Pool::default());
        let (first, _peer) = connection().await;
        pool.put(first);
        let started = Instant::now();
        while let Some(busy) = pool.take() {
            advance(Duration::from_secs(1)).await;
            pool.put(busy);
        }
        let age = started.elapsed();
        assert!((Duration::from_secs(240)..=Duration::from_secs(301)).contains(&age), "{age:?}");
    }

    /// Rules: S7
    #[tokio::test]
    async fn closed_connections_are_not_taken_and_clear_removes_the_others() {
        let pool = Arc::new(Pool::default());
        let (open, _peer) = connection().await;
        let (closed, peer) = connection().await;
        pool.put(open);
        pool.put(closed);
        drop(peer);
        while !pool.lock().connections.iter().any(|idle| idle.connection.sender.is_closed()) {
            tokio::task::yield_now().await;
        }
        let open = pool.take().unwrap();
        assert!(pool.take().is_none());
        pool.put(open);
        pool.clear();
        assert!(pool.take().is_none());
    }

    /// Rules: S11
    #[test]
    fn connection_of_another_runtime_is_not_taken() {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (one, other, pool) = (runtime(), runtime(), Arc::new(Pool::default()));
        let (first, _peer) = one.block_on(connection());
        one.block_on(async { pool.put(first) });
        assert!(other.block_on(async { pool.take() }).is_none());
        assert!(one.block_on(async { pool.take() }).is_some());
    }
}
