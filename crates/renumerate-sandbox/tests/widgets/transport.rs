//! Ports, certificates, and limits of connections.

use std::net::TcpListener;
use std::time::Duration;

use renumerate_sandbox::{Sandbox, Widgets};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{TempFolder, connect, start};

#[tokio::test]
async fn client_trusts_only_sandboxes_with_the_trusted_authority() {
    let (first, other) = (start(Sandbox::builder()).await, start(Sandbox::builder()).await);
    let ca = first.sandbox.ca_certificate().unwrap();
    let second = Sandbox::builder().widgets(first.folder.widgets()).start().await.unwrap();
    assert_eq!(second.ca_certificate(), Some(ca));
    for (url, trusted) in [(first.url(), true), (second.widgets_url().unwrap(), true), (other.url(), false)] {
        let connected = connect(url, ca).await;
        assert_eq!(connected.is_ok(), trusted, "{:?}", connected.err());
    }
}

#[tokio::test]
async fn port_in_use_is_reported_with_a_remedy() {
    let folder = TempFolder::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let widgets = Widgets::new(&folder.0).port(port);
    let error = Sandbox::builder().widgets(widgets).start().await.unwrap_err().to_string();
    assert!(error.contains(&format!("127.0.0.1:{port}")) && error.contains("stop the program"), "{error}");
}

#[tokio::test]
async fn ipv6_port_in_use_is_reported() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else { return }; // a machine without IPv6
    let folder = TempFolder::new();
    let port = listener.local_addr().unwrap().port();
    let widgets = Widgets::new(&folder.0).port(port);
    let error = Sandbox::builder().widgets(widgets).start().await.unwrap_err().to_string();
    assert!(error.contains(&format!("[::1]:{port}")), "{error}");
}

#[tokio::test]
async fn stalled_handshake_is_closed_after_the_timeout() {
    let widgets = start(Sandbox::builder().client_timeout(Duration::from_millis(50))).await;
    let mut silent = TcpStream::connect(widgets.url().strip_prefix("https://").unwrap()).await.unwrap();
    let read =
        timeout(Duration::from_secs(20), silent.read(&mut [0])).await.expect("the connection is closed");
    assert_eq!(read.unwrap(), 0);
}

#[tokio::test]
async fn connections_close_when_the_sandbox_stops() {
    let widgets = start(Sandbox::builder()).await;
    let mut idle = connect(widgets.url(), widgets.sandbox.ca_certificate().unwrap()).await.unwrap();
    widgets.get("/").await;
    drop(widgets);
    let read = timeout(Duration::from_secs(20), idle.read(&mut [0])).await.expect("the connection is closed");
    assert_eq!(read.unwrap_or(0), 0);
}

#[tokio::test]
async fn oldest_connection_is_closed_at_the_limit() {
    let widgets = start(Sandbox::builder()).await;
    let mut first = TcpStream::connect(widgets.url().strip_prefix("https://").unwrap()).await.unwrap();
    let mut others = Vec::new();
    for _ in 0..128 {
        others.push(TcpStream::connect(widgets.url().strip_prefix("https://").unwrap()).await.unwrap());
    }
    let read =
        timeout(Duration::from_secs(20), first.read(&mut [0])).await.expect("the first connection is closed");
    assert_eq!(read.unwrap(), 0);
    assert_eq!(widgets.get("/").await.status, 200);
}

#[tokio::test]
async fn url_and_certificate_are_none_without_widgets() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!((sandbox.widgets_url(), sandbox.ca_certificate()), (None, None));
}
