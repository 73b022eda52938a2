//! A server that answers every request with the same session, as quickly as can be, and counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::measure::pin;

const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 129\r\n\r\n\
    {\"id\":\"ret_gLDTK1oiejL-GsltN_9RMfdZGh4OyJPuaH1E-zKPCe4294_hcnG0J9fz3hK-L-0SwzvUnstB6MsKQlvgKtD6tyyN4SlFJUJ6GThmiv6YwlGN7NlIog==\"}";

pub(crate) struct Server {
    pub(crate) url: String,
    count: Arc<AtomicUsize>,
}

impl Server {
    /// Starts it on a thread of its own and on this processor, until the process ends.
    pub(crate) fn start_on(processor: usize) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        std::thread::spawn(move || {
            pin(processor);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                loop {
                    let (socket, _) = listener.accept().await.unwrap();
                    tokio::spawn(serve(socket, Arc::clone(&counter)));
                }
            });
        });
        Self { url, count }
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

async fn serve(mut socket: TcpStream, count: Arc<AtomicUsize>) {
    socket.set_nodelay(true).unwrap();
    let mut request = Vec::new();
    loop {
        if !matches!(socket.read_buf(&mut request).await, Ok(1..)) {
            return;
        }
        // Every body of these benchmarks ends so, and no header does.
        if request.ends_with(b"}}") {
            request.clear();
            count.fetch_add(1, Ordering::Relaxed);
            if socket.write_all(ANSWER.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}
