//! The accept loop. It owns every connection, so that all of them end with it.

use std::future::poll_fn;
use std::io;
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

use crate::connection::Connection;
use crate::over::TellsEnd;
use crate::router::{Shared, router};
use crate::socket::{Socket, Stream};

/// How many connections are kept open. For others those are closed that have not moved for the longest time.
const CONNECTIONS_MAX: usize = 10_240;

/// The largest head of a request, and how much is read ahead.
const HEAD_MAX_BYTES: usize = 8 * 1024;

/// How many connections may wait to be accepted. Beyond that a client's system tries again a second later.
const BACKLOG: u32 = 4096;

/// How much the system holds of what goes to a connection, and of what comes from it: left to itself it takes megabytes.
const SYSTEM_BUFFER_BYTES: u32 = 64 * 1024;

/// A listener as tokio makes it, but with room for a crowd that comes at once. Its connections have its buffers.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Elsewhere than on Unix it would let two processes take the same port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SYSTEM_BUFFER_BYTES)?;
    socket.set_recv_buffer_size(SYSTEM_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until the task that awaits it is aborted.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = router(Arc::clone(&shared));
    let mut connections = JoinSet::new();
    loop {
        let (stream, open) = accept(&listener, &shared).await;
        connections.spawn(answer(stream, open, router.clone()));
        while connections.try_join_next().is_some() {}
    }
}

/// The next connection. Others are closed for it where there are as many as are kept.
pub(crate) async fn accept(listener: &TcpListener, shared: &Arc<Shared>) -> (TcpStream, Open) {
    let (stream, peer) = loop {
        if let Ok(accepted) = listener.accept().await {
            break accepted;
        }
        // Out of descriptors, or a client that left before it was accepted: the next may fare better.
        shared.memory().make_room();
        sleep(Duration::from_millis(10)).await;
    };
    // An answer is written in pieces; without this the second waits for the first one's acknowledgement.
    let _best_effort = stream.set_nodelay(true);
    let number = {
        let mut memory = shared.memory();
        if memory.open.len() >= CONNECTIONS_MAX {
            memory.make_room();
        }
        memory.next_number()
    };
    let connection = Connection::with_peer(number, Some(peer.ip()));
    (stream, Open::new(shared, &connection))
}

/// One connection to its end, be it the client's, a script's or that of our patience.
pub(crate) async fn answer(stream: impl Stream, open: Open, router: Router) {
    let connection = Arc::clone(&open.connection);
    let mut ended = pin!(connection.ended());
    // A client that only connects costs no buffer.
    let begins = poll_fn(|context| match ended.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(false),
        Poll::Pending => stream.poll_begins(context).map(|()| true),
    });
    if !begins.await {
        return;
    }
    let socket = TokioIo::new(Socket::new(stream, Arc::clone(&connection)));
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request| serve_one(&router, &connection, request));
    let mut serving =
        pin!(http1::Builder::new().max_buf_size(HEAD_MAX_BYTES).serve_connection(socket, service));
    let mut patience = pin!(sleep(Duration::ZERO));
    poll_fn(|context| {
        if ended.as_mut().poll(context).is_ready() || serving.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        match connection.deadline(open.shared.client_timeout) {
            Some(deadline) => poll_until(patience.as_mut(), deadline, context),
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

/// One request: the connection hears how far it has got.
async fn serve_one(
    router: &TowerToHyperService<Router>,
    connection: &Arc<Connection>,
    mut request: Request<Incoming>,
) -> Result<hyper::Response<TellsEnd>, std::convert::Infallible> {
    connection.head_came();
    if request.body().is_end_stream() {
        connection.request_came();
    }
    request.extensions_mut().insert(Arc::clone(connection));
    let response = router.call(request).await?;
    connection.answer_begins();
    Ok(response.map(|body| TellsEnd::new(body, Arc::clone(connection))))
}

/// A connection in the sandbox's books: entered when it is accepted, and struck off after its socket is closed.
pub(crate) struct Open {
    shared: Arc<Shared>,
    pub(crate) connection: Arc<Connection>,
}

impl Open {
    pub(crate) fn new(shared: &Arc<Shared>, connection: &Arc<Connection>) -> Self {
        let mut memory = shared.memory();
        memory.accepted += 1;
        memory.open.insert(connection.number, Arc::clone(connection));
        Self { shared: Arc::clone(shared), connection: Arc::clone(connection) }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.shared.memory().open.remove(&self.connection.number);
    }
}
