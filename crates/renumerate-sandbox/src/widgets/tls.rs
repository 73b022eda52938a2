//! HTTPS server of the widgets.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::error::SandboxError;
use crate::net::{CloseMode, Connection, Stream};
use crate::server::{ConnectionGuard, accept, listen, serve_connection};
use crate::state::AppState;

/// Maximum number of open connections per listener. It is limited, because a TLS connection is expensive. A browser
/// opens about a dozen connections.
const MAX_CONNECTIONS: usize = 128;

/// Maximum number of attempts to find a port that is free for both IPv4 and IPv6.
const FREE_PORT_ATTEMPTS: u32 = 20;

impl Stream for TlsStream<TcpStream> {
    fn reset_when_dropped(&self) {
        self.get_ref().0.reset_when_dropped();
    }

    fn poll_readable(&self, _context: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(()) // the TLS handshake has already received bytes from the client
    }
}

/// Listens on `host`. If `host` is `None`, listens on the loopback addresses of IPv4 and IPv6, because a browser may
/// try either of them first. Returns the listeners and their port.
pub(super) fn listeners(host: Option<IpAddr>, port: u16) -> Result<(Vec<TcpListener>, u16), SandboxError> {
    if let Some(host) = host {
        let (listener, port) = bind((host, port).into())?;
        return Ok((vec![listener], port));
    }
    let mut attempts = 0..if port == 0 { FREE_PORT_ATTEMPTS } else { 1 };
    loop {
        let (v4, port) = bind((Ipv4Addr::LOCALHOST, port).into())?;
        attempts.next();
        match bind((Ipv6Addr::LOCALHOST, port).into()) {
            Ok((v6, _)) => return Ok((vec![v4, v6], port)),
            Err(SandboxError::Listen { .. }) => return Ok((vec![v4], port)), // this machine has no IPv6
            Err(_) if !attempts.is_empty() => {} // the port is in use for IPv6: try another port
            Err(error) => return Err(error),
        }
    }
}

fn bind(address: SocketAddr) -> Result<(TcpListener, u16), SandboxError> {
    let bind = || {
        let listener = listen(address)?;
        let port = listener.local_addr()?.port();
        Ok((listener, port))
    };
    bind().map_err(|source: io::Error| match source.kind() {
        ErrorKind::AddrInUse => SandboxError::WidgetsPortInUse { address },
        _ => SandboxError::Listen { address, source },
    })
}

/// Serves connections until the task is aborted.
pub(super) async fn serve(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    router: Router,
    state: Arc<AppState>,
) {
    let mut connections = JoinSet::new();
    let mut open = Vec::new();
    loop {
        let (stream, guard) = accept(&listener, &state).await;
        close_idle_if_full(&mut open);
        open.push(Arc::downgrade(&guard.connection));
        let timeout = state.settings.client_timeout;
        connections.spawn(serve_tls(stream, guard, acceptor.clone(), router.clone(), timeout));
        while connections.try_join_next().is_some() {}
    }
}

/// If the maximum number of connections is open, closes the connection that has been idle for the longest time.
fn close_idle_if_full(open: &mut Vec<Weak<Connection>>) {
    open.retain(|connection| connection.strong_count() > 0);
    if open.len() >= MAX_CONNECTIONS
        && let Some(oldest) =
            open.iter().filter_map(Weak::upgrade).min_by_key(|connection| connection.last_activity())
    {
        oldest.close(CloseMode::Graceful);
        open.retain(|connection| connection.as_ptr() != Arc::as_ptr(&oldest));
    }
}

/// Performs the TLS handshake, and serves the connection.
async fn serve_tls(
    stream: TcpStream,
    guard: ConnectionGuard,
    acceptor: TlsAcceptor,
    router: Router,
    handshake_timeout: Duration,
) {
    let connection = Arc::clone(&guard.connection);
    let mut closed = pin!(connection.closed());
    let mut handshake = pin!(timeout(handshake_timeout, acceptor.accept(stream)));
    // This connection may be closed during the handshake, for example by `close_idle_if_full`.
    let accepted = poll_fn(|context| match closed.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(None),
        Poll::Pending => handshake.as_mut().poll(context).map(Some),
    });
    // The handshake fails, for example, if a browser does not trust the certificate. The connection is then dropped.
    if let Some(Ok(Ok(stream))) = accepted.await {
        serve_connection(stream, guard, router).await;
    }
}
