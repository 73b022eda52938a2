//! HTTP server: accepts connections, and serves each one within its time limits.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::HttpBody;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Sleep, sleep};

use crate::net::{Connection, Socket, Stream, TrackedBody};
use crate::state::AppState;

/// Maximum size of the headers of a request, and of the read buffer.
const HEAD_MAX_BYTES: usize = 8 * 1024;

/// Maximum number of connections that wait to be accepted. If the queue is full, the systems of further clients retry a
/// second later.
const BACKLOG: u32 = 4096;

/// Size of the send buffer and of the receive buffer that the operating system allocates for a connection. The default
/// may be megabytes.
const SYSTEM_BUFFER_BYTES: u32 = 64 * 1024;

/// Listens on an address, with a large backlog and small buffers for its connections.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows, this option would allow two processes to listen on the same port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SYSTEM_BUFFER_BYTES)?;
    socket.set_recv_buffer_size(SYSTEM_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts and serves connections until the current task is aborted. The abort also ends the connections, because
/// `connections` owns their tasks.
pub(crate) async fn serve(listener: TcpListener, router: Router, state: Arc<AppState>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, guard) = accept(&listener, &state).await;
        connections.spawn(serve_connection(stream, guard, router.clone()));
        while connections.try_join_next().is_some() {}
    }
}

/// Accepts the next connection. If there are too many connections, the connections that were idle longest are closed.
pub(crate) async fn accept(listener: &TcpListener, state: &Arc<AppState>) -> (TcpStream, ConnectionGuard) {
    let (stream, peer) = loop {
        match listener.accept().await {
            Ok(accepted) => break accepted,
            // Closing idle connections frees file descriptors. All errors of other kinds concern only the client that
            // tried to connect.
            Err(error) if is_out_of_descriptors(&error) => state.store().connections.close_idle(),
            Err(_) => {}
        }
        sleep(Duration::from_millis(10)).await;
    };
    // A response is written in parts. With Nagle's algorithm, the second part would wait until the client acknowledges
    // the first part.
    let _best_effort = stream.set_nodelay(true);
    let number = state.store().connections.reserve();
    let connection = Connection::with_peer(number, Some(peer.ip()));
    (stream, ConnectionGuard::new(state, &connection))
}

/// Returns whether `accept` failed because this process or the system has too many open files.
fn is_out_of_descriptors(error: &io::Error) -> bool {
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    const WSAEMFILE: i32 = 10024;
    matches!(error.raw_os_error(), Some(ENFILE | EMFILE | WSAEMFILE))
        || error.kind() == ErrorKind::OutOfMemory
}

/// Serves one connection until the client, a script or a timeout closes it.
pub(crate) async fn serve_connection(stream: impl Stream, guard: ConnectionGuard, router: Router) {
    let connection = Arc::clone(&guard.connection);
    let mut closed = pin!(connection.closed());
    // Wait for the first bytes before the read buffer is allocated, because a connection may stay idle for a long time.
    let readable = poll_fn(|context| match closed.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(false),
        Poll::Pending => stream.poll_readable(context).map(|()| true),
    });
    if !readable.await {
        return;
    }
    let socket = TokioIo::new(Socket::new(stream, Arc::clone(&connection)));
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request| serve_request(&router, &connection, request));
    let mut serving =
        pin!(http1::Builder::new().max_buf_size(HEAD_MAX_BYTES).serve_connection(socket, service));
    let mut timeout = pin!(sleep(Duration::ZERO));
    poll_fn(|context| {
        if closed.as_mut().poll(context).is_ready() || serving.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        match connection.deadline(guard.state.settings.client_timeout) {
            Some(deadline) => poll_until(timeout.as_mut(), deadline, context),
            None => Poll::Pending,
        }
    })
    .await;
}

fn poll_until(mut sleep: Pin<&mut Sleep>, deadline: Instant, context: &mut Context<'_>) -> Poll<()> {
    if sleep.deadline().into_std() != deadline {
        sleep.as_mut().reset(deadline.into());
    }
    sleep.poll(context)
}

/// Serves one request, and reports the progress of the request to the connection.
async fn serve_request(
    router: &TowerToHyperService<Router>,
    connection: &Arc<Connection>,
    mut request: Request<Incoming>,
) -> Result<hyper::Response<TrackedBody>, std::convert::Infallible> {
    connection.head_received();
    if request.body().is_end_stream() {
        connection.request_received();
    }
    request.extensions_mut().insert(Arc::clone(connection));
    let response = router.call(request).await?;
    connection.response_started();
    Ok(response.map(|body| TrackedBody::new(body, Arc::clone(connection))))
}

/// Guard of an entry in the table of open connections. The guard is dropped after the socket is closed, and then
/// removes the entry.
pub(crate) struct ConnectionGuard {
    state: Arc<AppState>,
    pub(crate) connection: Arc<Connection>,
}

impl ConnectionGuard {
    pub(crate) fn new(state: &Arc<AppState>, connection: &Arc<Connection>) -> Self {
        state.store().connections.insert(connection);
        Self { state: Arc::clone(state), connection: Arc::clone(connection) }
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        self.state.store().connections.remove(self.connection.number);
    }
}
