//! Tests of the environment variables of the client, in child processes with a controlled environment.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use std::process::Output;
use std::sync::{Arc, Mutex};

use support::run_example;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Runs the quickstart with a proxy that rejects all requests. Returns the error output, and the request that the proxy
/// received.
async fn call_with_proxy(variables: &[(&str, &str)]) -> (String, Option<String>) {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://user:planted@{}", proxy.local_addr().unwrap());
    let received = Arc::new(Mutex::new(None));
    let store = Arc::clone(&received);
    let serving = tokio::spawn(async move {
        let (mut socket, _) = proxy.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") && socket.read_buf(&mut request).await.unwrap() > 0 {}
        *store.lock().unwrap() = Some(String::from_utf8(request).unwrap());
        socket.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await.unwrap();
    });
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, if *value == "${proxy}" { url.as_str() } else { value }))
        .collect();
    let errors = error_output(&run_example("quickstart", &variables));
    serving.abort();
    let request = received.lock().unwrap().take();
    (errors, request)
}

fn error_output(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!errors.contains("planted"), "{errors}");
    errors
}

const KEY: (&str, &str) = ("RENUMERATE_PRIVATE_KEY", "sk_live_planted");
const URL: (&str, &str) = ("RENUMERATE_BASE_URL", "https://made-up.invalid");

/// Rules: S14, H2
#[tokio::test(flavor = "multi_thread")]
async fn proxy_variable_is_used() {
    let (errors, request) = call_with_proxy(&[KEY, URL, ("HTTPS_PROXY", "${proxy}")]).await;
    assert!(request.unwrap().starts_with("CONNECT made-up.invalid:443 "));
    assert!(errors.contains("it answered 407") && errors.contains("HTTPS_PROXY"), "{errors}");
}

/// Rules: S14
#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_and_loopback_hosts_bypass_the_proxy() {
    let (errors, request) =
        call_with_proxy(&[KEY, URL, ("HTTPS_PROXY", "${proxy}"), ("NO_PROXY", "made-up.invalid")]).await;
    assert_eq!(request, None, "{errors}");
    let loopback = ("RENUMERATE_BASE_URL", "http://127.0.0.1:1");
    let (errors, request) = call_with_proxy(&[KEY, loopback, ("HTTP_PROXY", "${proxy}")]).await;
    assert_eq!(request, None);
    assert!(errors.contains("refused"), "{errors}");
}

/// Rules: S14
#[test]
fn unusable_proxy_variable_is_rejected() {
    let errors =
        error_output(&run_example("quickstart", &[KEY, URL, ("HTTPS_PROXY", "socks5://127.0.0.1:1")]));
    assert!(errors.contains("HTTPS_PROXY is neither http:// nor https://"), "{errors}");
}

/// Rules: S1, E1
#[test]
fn missing_key_error_names_the_variable() {
    let errors = error_output(&run_example("quickstart", &[]));
    assert!(errors.contains("RENUMERATE_PRIVATE_KEY"), "{errors}");
}

/// Rules: S2
#[test]
fn sandbox_key_without_the_url_of_the_sandbox_is_not_sent() {
    let errors = error_output(&run_example("quickstart", &[("RENUMERATE_PRIVATE_KEY", "sk_sandbox_local")]));
    assert!(
        errors.contains("RENUMERATE_BASE_URL is empty or not set, but the private key is the sandbox's"),
        "{errors}"
    );
}
