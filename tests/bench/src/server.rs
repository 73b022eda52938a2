//! A server that answers every request with the same session, as quickly as can be, and counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::measure::pin;

const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 129\r\n\r\n\
    {\"id\":\"ret_gLDTK1oiejL-GsltN_9RMfdZGh4OyJPuaH1E-zKPCe4294_hcnG0J9fz3hK-L-0SwzvUnstB6MsKQlvgKtD6tyyN4SlFJUJ6GThmiv6YwlGN7NlIog==\"}";

const REFUSAL: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";

#[derive(Default)]
struct Counts {
    requests: AtomicUsize,
    refused: AtomicUsize,
}

pub(crate) struct Server {
    pub(crate) url: String,
    counts: Arc<Counts>,
}

impl Server {
    /// Starts it on a thread of its own and on this processor, until the process ends.
    pub(crate) fn start_on(processor: usize) -> Self {
        Self::start(processor, None)
    }

    /// The same, over TLS.
    pub(crate) fn start_tls_on(processor: usize, tls: TlsAcceptor) -> Self {
        Self::start(processor, Some(tls))
    }

    fn start(processor: usize, tls: Option<TlsAcceptor>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let counts = Arc::new(Counts::default());
        let counting = Arc::clone(&counts);
        std::thread::spawn(move || {
            pin(processor);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                loop {
                    let (socket, _) = listener.accept().await.unwrap();
                    tokio::spawn(meet(socket, tls.clone(), Arc::clone(&counting)));
                }
            });
        });
        Self { url, counts }
    }

    /// How many requests came.
    pub(crate) fn count(&self) -> usize {
        self.counts.requests.load(Ordering::Relaxed)
    }

    /// How many of them were not answered with a 200.
    pub(crate) fn refused(&self) -> usize {
        self.counts.refused.load(Ordering::Relaxed)
    }
}

async fn meet(socket: TcpStream, tls: Option<TlsAcceptor>, counts: Arc<Counts>) {
    socket.set_nodelay(true).unwrap();
    match tls {
        None => serve(socket, &counts).await,
        Some(tls) => match tls.accept(socket).await {
            Ok(socket) => serve(socket, &counts).await,
            Err(error) => eprintln!("a client did not agree on TLS: {error}"),
        },
    }
}

async fn serve(mut socket: impl AsyncRead + AsyncWrite + Unpin, counts: &Counts) {
    let mut request = Vec::new();
    loop {
        if !matches!(socket.read_buf(&mut request).await, Ok(1..)) {
            return;
        }
        if is_complete(&request) {
            let good = request.starts_with(b"POST /v1/");
            request.clear();
            counts.requests.fetch_add(1, Ordering::Relaxed);
            counts.refused.fetch_add(usize::from(!good), Ordering::Relaxed);
            let answer = if good { ANSWER } else { REFUSAL };
            if socket.write_all(answer.as_bytes()).await.is_err() || socket.flush().await.is_err() {
                return;
            }
        }
    }
}

/// Every JSON body of these benchmarks ends so, and no header does; the length is only looked at for others.
fn is_complete(request: &[u8]) -> bool {
    request.ends_with(b"}}") || has_its_length(request).unwrap_or(false)
}

fn has_its_length(request: &[u8]) -> Option<bool> {
    let head = request.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let text = std::str::from_utf8(request.get(..head)?).ok()?.to_ascii_lowercase();
    let length: usize = text.split("content-length:").nth(1)?.lines().next()?.trim().parse().ok()?;
    Some(request.len() == head + 4 + length)
}
