//! Server that answers every request with the same session as fast as possible, and counts the requests. The counts
//! show if a client is fast because it makes no calls.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::machine::pin_current_thread;
use crate::tls;

const RESPONSE: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 129\r\n\r\n\
    {\"id\":\"ret_gLDTK1oiejL-GsltN_9RMfdZGh4OyJPuaH1E-zKPCe4294_hcnG0J9fz3hK-L-0SwzvUnstB6MsKQlvgKtD6tyyN4SlFJUJ6GThmiv6YwlGN7NlIog==\"}";

const BAD_REQUEST: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";

#[derive(Default)]
struct Counters {
    requests: AtomicUsize,
    refused: AtomicUsize,
}

/// Number of requests that a server has received.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) requests: usize,
    /// Requests that were not answered with status 200.
    pub(crate) refused: usize,
}

impl Counts {
    pub(crate) fn since(self, before: Self) -> Self {
        Self { requests: self.requests - before.requests, refused: self.refused - before.refused }
    }
}

/// Four servers: without and with TLS, on processor 0 and on processor 1.
pub(crate) struct Servers {
    servers: Vec<Server>,
    /// Certificate of the authority that issued the servers' certificate. Deleted when this is dropped.
    pub(crate) ca_file: PathBuf,
}

impl Servers {
    pub(crate) fn start(ca_file: PathBuf) -> Result<Self, String> {
        let (acceptor, authority) = tls::acceptor();
        std::fs::write(&ca_file, authority)
            .map_err(|error| format!("cannot write {}: {error}", ca_file.display()))?;
        let tls = [None, None, Some(acceptor.clone()), Some(acceptor)];
        let servers = tls.into_iter().zip([0, 1, 0, 1]).map(|(tls, processor)| Server::start(processor, tls));
        Ok(Self { servers: servers.collect(), ca_file })
    }

    pub(crate) fn get(&self, processor: usize, tls: bool) -> &Server {
        self.servers.get(processor + if tls { 2 } else { 0 }).expect("there are four servers")
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let _best_effort = std::fs::remove_file(&self.ca_file);
    }
}

pub(crate) struct Server {
    pub(crate) url: String,
    counters: Arc<Counters>,
}

impl Server {
    /// Starts a server in a thread that is pinned to the processor and runs until the process ends.
    fn start(processor: usize, tls: Option<TlsAcceptor>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let counters = Arc::new(Counters::default());
        let in_thread = Arc::clone(&counters);
        std::thread::spawn(move || {
            pin_current_thread(processor);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                loop {
                    let (socket, _) = listener.accept().await.unwrap();
                    tokio::spawn(accept(socket, tls.clone(), Arc::clone(&in_thread)));
                }
            });
        });
        Self { url, counters }
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            requests: self.counters.requests.load(Ordering::Relaxed),
            refused: self.counters.refused.load(Ordering::Relaxed),
        }
    }
}

async fn accept(socket: TcpStream, tls: Option<TlsAcceptor>, counters: Arc<Counters>) {
    socket.set_nodelay(true).unwrap();
    match tls {
        None => serve(socket, &counters).await,
        Some(tls) => match tls.accept(socket).await {
            Ok(socket) => serve(socket, &counters).await,
            Err(error) => eprintln!("TLS handshake failed: {error}"),
        },
    }
}

async fn serve(mut socket: impl AsyncRead + AsyncWrite + Unpin, counters: &Counters) {
    let mut request = Vec::new();
    loop {
        if !matches!(socket.read_buf(&mut request).await, Ok(1..)) {
            return;
        }
        if is_complete(&request) {
            let good = request.starts_with(b"POST /v1/");
            request.clear();
            counters.requests.fetch_add(1, Ordering::Relaxed);
            counters.refused.fetch_add(usize::from(!good), Ordering::Relaxed);
            let response = if good { RESPONSE } else { BAD_REQUEST };
            if socket.write_all(response.as_bytes()).await.is_err() || socket.flush().await.is_err() {
                return;
            }
        }
    }
}

/// Every JSON body of these benchmarks ends with two braces, and no header does. Only for other bodies is the length
/// parsed, which is slower.
fn is_complete(request: &[u8]) -> bool {
    request.ends_with(b"}}") || has_stated_length(request).unwrap_or(false)
}

fn has_stated_length(request: &[u8]) -> Option<bool> {
    let head = request.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let text = std::str::from_utf8(request.get(..head)?).ok()?.to_ascii_lowercase();
    let length: usize = text.split("content-length:").nth(1)?.lines().next()?.trim().parse().ok()?;
    Some(request.len() == head + 4 + length)
}
