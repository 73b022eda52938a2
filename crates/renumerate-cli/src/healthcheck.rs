//! `renumerate healthcheck`: checks whether a sandbox on this machine responds.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::args::Healthcheck;
use crate::error::CliError;

/// Timeout of the whole check.
const TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) async fn run(Healthcheck { port }: Healthcheck) -> Result<(), CliError> {
    let failed = |reason: &str| {
        let remedy = "start the sandbox, or set --port to its port";
        CliError::Other(format!("the health check of the sandbox on port {port} failed: {reason}; {remedy}"))
    };
    match timeout(TIMEOUT, request_health(port)).await {
        Ok(Ok(response)) if response.starts_with("HTTP/1.0 200 ") => Ok(()),
        Ok(Ok(response)) => {
            Err(failed(response.lines().next().unwrap_or("it closed the connection without a response")))
        }
        Ok(Err(error)) => Err(failed(&error.to_string())),
        Err(_) => Err(failed("it did not respond within 3 seconds")),
    }
}

async fn request_health(port: u16) -> io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.write_all(b"GET /_sandbox/health HTTP/1.0\r\nhost: localhost\r\n\r\n").await?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}
