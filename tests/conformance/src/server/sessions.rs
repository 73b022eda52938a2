//! Server that responds with a session to each request, over connections that have faults.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;

use crate::scenario::{DeadConnection, SessionServer};

/// Time before each response. It makes simultaneous calls use a connection each.
const DELAY: Duration = Duration::from_millis(200);

/// Serves until the task is aborted.
pub(crate) async fn serve(listener: TcpListener, server: SessionServer, body: String) {
    let numbered: Vec<_> =
        (0..server.header_count).map(|number| format!("x-{number}: {number}\r\n")).collect();
    let numbered = numbered.concat();
    let response = format!(
        "HTTP/1.1 200 OK\r\n{}{numbered}content-length: {}\r\n\r\n{body}",
        server.headers,
        body.len()
    );
    let slots = Arc::new(Semaphore::new(server.max_connections.unwrap_or(Semaphore::MAX_PERMITS)));
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // Without a slot, the connection is closed at once.
        if let Ok(slot) = Arc::clone(&slots).try_acquire_owned() {
            let response = response.clone();
            connections.spawn(async move {
                let _client_may_have_closed = respond(stream, &response, server.second_request).await;
                drop(slot);
            });
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn respond(
    mut stream: TcpStream,
    response: &str,
    second: Option<DeadConnection>,
) -> std::io::Result<()> {
    let mut is_first = true;
    while read_request(&mut stream).await? {
        match second.filter(|_| !is_first) {
            None => {}
            // Closing a socket with unread or unsent data resets the connection.
            Some(DeadConnection::Reset) => return stream.set_zero_linger(),
            Some(DeadConnection::Silent) => std::future::pending().await,
        }
        is_first = false;
        tokio::time::sleep(DELAY).await;
        stream.write_all(response.as_bytes()).await?;
    }
    Ok(())
}

/// Reads to the end of a request's body, which is a nested object. Returns whether there was a request.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<bool> {
    let mut request = Vec::new();
    while !request.ends_with(b"}}") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Listener whose accept queue is full, so that connections to it are never opened.
pub(crate) struct FullBacklog {
    pub(crate) address: SocketAddr,
    _listener: TcpListener,
    _queued: Vec<TcpStream>,
}

impl FullBacklog {
    /// Listens on an address, with a queue of two connections, and fills the queue.
    pub(crate) async fn new(address: SocketAddr) -> std::io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(1)?;
        let address = listener.local_addr()?;
        let mut queued = Vec::new();
        for _ in 0..8 {
            let connecting = tokio::time::timeout(Duration::from_millis(250), TcpStream::connect(address));
            match connecting.await {
                Ok(Ok(stream)) => queued.push(stream),
                Ok(Err(_)) | Err(_) => break,
            }
        }
        Ok(Self { address, _listener: listener, _queued: queued })
    }

    /// Listens on this many addresses above 127.0.0.1, and on the port of another listener.
    pub(crate) async fn beside(port: u16, count: u8) -> std::io::Result<Vec<Self>> {
        let mut listeners = Vec::new();
        for host in 2..=count + 1 {
            let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, host)), port);
            listeners.push(Self::new(address).await?);
        }
        Ok(listeners)
    }
}
