//! The accept loop. It owns every connection, so that all of them end with it.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::connection::{Connection, Socket, Stream};
use crate::router::{Shared, router};

/// Serves until the task that awaits it is aborted.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = router(Arc::clone(&shared));
    let mut connections = JoinSet::new();
    for number in 1.. {
        // Out of descriptors, or a client that left before it was accepted: the next may fare better.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        // An answer is written in pieces; without this the second waits for the first one's acknowledgement.
        let _best_effort = stream.set_nodelay(true);
        connections.spawn(answer(stream, Open::new(&shared, number), router.clone()));
        while connections.try_join_next().is_some() {}
    }
}

/// One connection to its end, be it the client's or a script's.
pub(crate) async fn answer(stream: impl Stream, open: Open, router: Router) {
    let connection = Connection::new(open.number);
    let service = TowerToHyperService::new(router.layer(Extension(Arc::clone(&connection))));
    let socket = TokioIo::new(Socket::new(stream, Arc::clone(&connection)));
    let mut serving = pin!(http1::Builder::new().serve_connection(socket, service));
    let mut ended = pin!(connection.ended());
    poll_fn(|context| {
        let over = ended.as_mut().poll(context).is_ready() || serving.as_mut().poll(context).is_ready();
        if over { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// A connection in the sandbox's books: entered when it is accepted, and closed with its socket.
pub(crate) struct Open {
    shared: Arc<Shared>,
    number: u64,
}

impl Open {
    pub(crate) fn new(shared: &Arc<Shared>, number: u64) -> Self {
        let mut memory = shared.memory();
        memory.connections.accepted += 1;
        memory.connections.open += 1;
        Self { shared: Arc::clone(shared), number }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut memory = self.shared.memory();
        memory.connections.open -= 1;
        memory.ledger.closed(self.number);
    }
}
