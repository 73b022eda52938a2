//! The HTTPS side: it listens where the vendor's library looks for the widgets on this machine.

use std::future::poll_fn;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
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

use crate::SandboxError;
use crate::connection::{Connection, Ending};
use crate::router::Shared;
use crate::server::{Open, accept, answer, listen};
use crate::socket::Stream;

/// How many connections of a listener are kept: a browser has a dozen, and each costs more than one without TLS.
const CONNECTIONS_MAX: usize = 128;

/// How often a free port is sought that is free in both families.
const ANY_PORT_TRIES: u32 = 20;

impl Stream for TlsStream<TcpStream> {
    fn reset_when_dropped(&self) {
        self.get_ref().0.reset_when_dropped();
    }

    fn poll_begins(&self, _context: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(()) // the handshake has been a beginning
    }
}

/// Listens on `localhost` in both of its families: browsers try either first.
pub(super) fn listeners(port: u16) -> Result<(Vec<TcpListener>, u16), SandboxError> {
    let mut tries = 0..if port == 0 { ANY_PORT_TRIES } else { 1 };
    loop {
        let first = bound((Ipv4Addr::LOCALHOST, port).into())?;
        let same = first.local_addr().map_err(|error| SandboxError::new(error.to_string()))?.port();
        tries.next();
        match bound((Ipv6Addr::LOCALHOST, same).into()) {
            Ok(second) => return Ok((vec![first, second], same)),
            Err(Taken { in_use: false, .. }) => return Ok((vec![first], same)), // a machine without IPv6
            Err(_) if !tries.is_empty() => {} // a free port of one family may be taken in the other
            Err(taken) => return Err(taken.into()),
        }
    }
}

/// Why an address is not to be had.
struct Taken {
    in_use: bool,
    reason: String,
}

impl From<Taken> for SandboxError {
    fn from(taken: Taken) -> Self {
        Self::new(taken.reason)
    }
}

fn bound(address: SocketAddr) -> Result<TcpListener, Taken> {
    listen(address).map_err(|error| {
        let in_use = error.kind() == ErrorKind::AddrInUse;
        let remedy = if in_use {
            ": something else listens there (Astro's server does by default); stop it, since the vendor's library looks \
             for the widgets on port 4321 alone, or take another port for pages of your own"
        } else {
            ""
        };
        Taken { in_use, reason: format!("{address} is not to be had for the widgets: {error}{remedy}") }
    })
}

/// Serves until the task that awaits it is aborted.
pub(super) async fn serve(listener: TcpListener, acceptor: TlsAcceptor, router: Router, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    let mut open_ones = Vec::new();
    loop {
        let (stream, open) = accept(&listener, &shared).await;
        make_room_for_one(&mut open_ones);
        open_ones.push(Arc::downgrade(&open.connection));
        connections.spawn(speak(stream, open, acceptor.clone(), router.clone(), shared.client_timeout));
        while connections.try_join_next().is_some() {}
    }
}

/// Closes the connection that has not moved for the longest time, where there are as many as are kept.
fn make_room_for_one(open: &mut Vec<Weak<Connection>>) {
    open.retain(|connection| connection.strong_count() > 0);
    if open.len() >= CONNECTIONS_MAX
        && let Some(oldest) =
            open.iter().filter_map(Weak::upgrade).min_by_key(|connection| connection.moved())
    {
        oldest.end(Ending::Close);
        open.retain(|connection| connection.as_ptr() != Arc::as_ptr(&oldest));
    }
}

/// One connection, from the handshake to its end.
async fn speak(stream: TcpStream, open: Open, acceptor: TlsAcceptor, router: Router, patience: Duration) {
    let connection = Arc::clone(&open.connection);
    let mut ended = pin!(connection.ended());
    let mut handshake = pin!(timeout(patience, acceptor.accept(stream)));
    // It may have to make room for others.
    let shaken = poll_fn(|context| match ended.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(None),
        Poll::Pending => handshake.as_mut().poll(context).map(Some),
    });
    // A browser that does not trust the certificate leaves in the middle.
    if let Some(Ok(Ok(stream))) = shaken.await {
        answer(stream, open, router).await;
    }
}
