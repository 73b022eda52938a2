//! Servers that write responses which no HTTP library would send.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Response that is written to each connection when a request has come.
pub(crate) struct Response {
    begins: Vec<u8>,
    forever: Vec<u8>,
    pause: Duration,
}

impl Response {
    pub(crate) fn new(begins: &str, forever: Option<&str>, pause_ms: u64) -> Self {
        let forever = forever.unwrap_or_default();
        // Without pauses, many copies are written at a time, so that the client is the bottleneck.
        let times = if pause_ms == 0 { 1024 } else { 1 };
        let pause = Duration::from_millis(pause_ms);
        Self { begins: begins.into(), forever: forever.repeat(times).into(), pause }
    }

    pub(crate) fn bytes(begins: Vec<u8>) -> Self {
        Self { begins, forever: Vec::new(), pause: Duration::ZERO }
    }
}

/// Sends this response to every connection, and keeps it open until the client closes it.
pub(crate) async fn serve(listener: TcpListener, response: Response) {
    let response = Arc::new(response);
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(respond(stream, Arc::clone(&response)));
        while connections.try_join_next().is_some() {}
    }
}

async fn respond(mut stream: TcpStream, response: Arc<Response>) {
    let mut read = vec![0; 16 * 1024];
    let _client_may_have_closed = async {
        let _request = stream.read(&mut read).await?;
        stream.write_all(&response.begins).await?;
        while !response.forever.is_empty() {
            stream.write_all(&response.forever).await?;
            tokio::time::sleep(response.pause).await;
        }
        while stream.read(&mut read).await? > 0 {}
        std::io::Result::Ok(())
    }
    .await;
}

/// Returns a compressed response of a kilobyte per unpacked megabyte: a session, followed by spaces.
pub(crate) fn gzip_bomb(megabytes: usize) -> std::io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(br#"{"id":"ret_x"}"#)?;
    let spaces = vec![b' '; 1024 * 1024];
    for _ in 0..megabytes {
        packed.write_all(&spaces)?;
    }
    let body = packed.finish()?;
    let mut response = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    response.extend(body);
    Ok(response)
}
