//! The variables that stand in for options, in a process of its own: nobody else's environment is in the way.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use std::process::Output;
use std::sync::{Arc, Mutex};

use support::quickstart;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Calls a service that is not there, with this proxy: what the process said, and what the proxy was asked.
async fn call_with_proxy(variables: &[(&str, &str)]) -> (String, Option<String>) {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://user:planted@{}", proxy.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(None));
    let sight = Arc::clone(&seen);
    let serving = tokio::spawn(async move {
        let (mut socket, _) = proxy.accept().await.unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") && socket.read_buf(&mut asked).await.unwrap() > 0 {}
        *sight.lock().unwrap() = Some(String::from_utf8(asked).unwrap());
        socket.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await.unwrap();
    });
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, if *value == "${proxy}" { url.as_str() } else { value }))
        .collect();
    let said = said(&quickstart(&variables));
    serving.abort();
    let asked = seen.lock().unwrap().take();
    (said, asked)
}

fn said(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!said.contains("planted"), "{said}");
    said
}

const KEY: (&str, &str) = ("RENUMERATE_PRIVATE_KEY", "sk_live_planted");
const URL: (&str, &str) = ("RENUMERATE_BASE_URL", "https://made-up.invalid");

/// Rules: S14
#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_of_the_environment_is_asked() {
    let (said, asked) = call_with_proxy(&[KEY, URL, ("HTTPS_PROXY", "${proxy}")]).await;
    assert!(asked.unwrap().starts_with("CONNECT made-up.invalid:443 "));
    assert!(said.contains("user:password"), "{said}");
}

/// Rules: S14
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_needs_no_proxy_is_reached_directly() {
    let (said, asked) =
        call_with_proxy(&[KEY, URL, ("HTTPS_PROXY", "${proxy}"), ("NO_PROXY", "made-up.invalid")]).await;
    assert_eq!(asked, None, "{said}");
    let loopback = ("RENUMERATE_BASE_URL", "http://127.0.0.1:1");
    let (said, asked) = call_with_proxy(&[KEY, loopback, ("HTTP_PROXY", "${proxy}")]).await;
    assert_eq!(asked, None);
    assert!(said.contains("refused"), "{said}");
}

/// Rules: S14
#[test]
fn a_proxy_of_the_environment_that_cannot_be_used_is_told() {
    let said = said(&quickstart(&[KEY, URL, ("HTTPS_PROXY", "socks5://127.0.0.1:1")]));
    assert!(said.contains("only http:// and https:// proxies"), "{said}");
}

/// Rules: S1, E1
#[test]
fn without_a_key_the_variable_is_named() {
    let said = said(&quickstart(&[]));
    assert!(said.contains("RENUMERATE_PRIVATE_KEY"), "{said}");
}
