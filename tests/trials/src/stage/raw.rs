//! Servers that write what no HTTP library would.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What is written to each connection once a request has come.
pub(crate) struct Written {
    begins: Vec<u8>,
    forever: Vec<u8>,
    pause: Duration,
}

impl Written {
    pub(crate) fn new(begins: &str, forever: Option<&str>, pause_ms: u64) -> Self {
        let forever = forever.unwrap_or_default();
        // Without pauses there are many at a time, so that it is the client that has to be quick.
        let times = if pause_ms == 0 { 1024 } else { 1 };
        let pause = Duration::from_millis(pause_ms);
        Self { begins: begins.into(), forever: forever.repeat(times).into(), pause }
    }

    pub(crate) fn bytes(begins: Vec<u8>) -> Self {
        Self { begins, forever: Vec::new(), pause: Duration::ZERO }
    }
}

/// Answers every connection so, and keeps it open until the client has had enough.
pub(crate) async fn serve(listener: TcpListener, written: Written) {
    let written = Arc::new(written);
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(answer(stream, Arc::clone(&written)));
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(mut stream: TcpStream, written: Arc<Written>) {
    let mut read = vec![0; 16 * 1024];
    let _the_client_may_be_gone = async {
        let _the_request = stream.read(&mut read).await?;
        stream.write_all(&written.begins).await?;
        while !written.forever.is_empty() {
            stream.write_all(&written.forever).await?;
            tokio::time::sleep(written.pause).await;
        }
        while stream.read(&mut read).await? > 0 {}
        std::io::Result::Ok(())
    }
    .await;
}

/// An answer in a kilobyte for each megabyte that it unpacks to: a session, and spaces after it.
pub(crate) fn gzip_bomb(megabytes: usize, session: &str) -> std::io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(format!("{{\"id\":\"{session}\"}}").as_bytes())?;
    let spaces = vec![b' '; 1024 * 1024];
    for _ in 0..megabytes {
        packed.write_all(&spaces)?;
    }
    let body = packed.finish()?;
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    Ok(answer)
}
