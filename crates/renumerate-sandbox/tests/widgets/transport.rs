//! The port, the certificate, and clients that are slow.

use std::net::TcpListener;
use std::time::Duration;

use renumerate_sandbox::{Sandbox, Widgets};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::browser::{Folder, connect, serve};

#[tokio::test]
async fn a_browser_that_trusts_the_authority_trusts_every_sandbox_of_it() {
    let (one, other) = (serve(Sandbox::builder()).await, serve(Sandbox::builder()).await);
    let ca = one.sandbox.ca_certificate().unwrap();
    let again = Sandbox::builder().widgets(one.folder.widgets()).start().await.unwrap();
    assert_eq!(again.ca_certificate(), Some(ca));
    for (url, trusted) in [(one.url(), true), (again.widgets_url().unwrap(), true), (other.url(), false)] {
        let connected = connect(url, ca).await;
        assert_eq!(connected.is_ok(), trusted, "{:?}", connected.err());
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_the_remedy() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let widgets = Widgets::new(&folder.0).port(port);
    let error = Sandbox::builder().widgets(widgets).start().await.unwrap_err().to_string();
    assert!(error.contains(&format!("127.0.0.1:{port}")) && error.contains("stop the program"), "{error}");
}

#[tokio::test]
async fn the_other_family_of_localhost_may_be_taken_too() {
    let Ok(taken) = TcpListener::bind("[::1]:0") else { return }; // a machine without IPv6
    let folder = Folder::new();
    let port = taken.local_addr().unwrap().port();
    let widgets = Widgets::new(&folder.0).port(port);
    let error = Sandbox::builder().widgets(widgets).start().await.unwrap_err().to_string();
    assert!(error.contains(&format!("[::1]:{port}")), "{error}");
}

#[tokio::test]
async fn who_does_not_go_on_with_the_handshake_is_left() {
    let served = serve(Sandbox::builder().client_timeout(Duration::from_millis(50))).await;
    let mut silent = TcpStream::connect(served.url().strip_prefix("https://").unwrap()).await.unwrap();
    let read = timeout(Duration::from_secs(20), silent.read(&mut [0])).await.expect("the connection ends");
    assert_eq!(read.unwrap(), 0);
}

#[tokio::test]
async fn connections_end_with_the_sandbox() {
    let served = serve(Sandbox::builder()).await;
    let mut idle = connect(served.url(), served.sandbox.ca_certificate().unwrap()).await.unwrap();
    served.get("/").await;
    drop(served);
    let read = timeout(Duration::from_secs(20), idle.read(&mut [0])).await.expect("the connection ends");
    assert_eq!(read.unwrap_or(0), 0);
}

#[tokio::test]
async fn of_many_connections_the_latest_are_kept() {
    let served = serve(Sandbox::builder()).await;
    let mut first = TcpStream::connect(served.url().strip_prefix("https://").unwrap()).await.unwrap();
    let mut others = Vec::new();
    for _ in 0..128 {
        others.push(TcpStream::connect(served.url().strip_prefix("https://").unwrap()).await.unwrap());
    }
    let read = timeout(Duration::from_secs(20), first.read(&mut [0])).await.expect("the first makes room");
    assert_eq!(read.unwrap(), 0);
    assert_eq!(served.get("/").await.status, 200);
}

#[tokio::test]
async fn without_widgets_there_are_none() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!((sandbox.widgets_url(), sandbox.ca_certificate()), (None, None));
}
