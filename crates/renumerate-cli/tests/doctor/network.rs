//! Tests of the checks `dns` and `tcp`, and of timeouts.

use crate::peers::Peer;
use crate::report::{INVALID_HOST, KEY, SHORT_TIMEOUT, doctor};
use renumerate_sandbox::Sandbox;

#[test]
fn unresolvable_host_fails_the_dns_check() {
    let url = format!("http://{INVALID_HOST}");
    let report = doctor(&["--base-url", &url], &[("RENUMERATE_PRIVATE_KEY", "sk_sandbox_planted")]);
    report.assert_fails_at("dns", 8);
    assert!(report.seen("dns").contains(&format!("could not resolve {INVALID_HOST}")), "{}", report.text);
    assert!(report.remedy("dns").contains("DNS"), "{}", report.text);
}

#[test]
fn refused_connection_fails_the_tcp_check() {
    for url in ["https://127.0.0.1:1", "http://127.0.0.1:1"] {
        let report = doctor(&["--base-url", url], &[KEY]);
        report.assert_fails_at("tcp", 8);
        let seen = "could not connect to 127.0.0.1:1 (--base-url): connection refused";
        assert!(report.seen("tcp").starts_with(seen), "{}", report.text);
        assert!(report.remedy("tcp").contains("is the sandbox or service running?"), "{}", report.text);
        assert_eq!(report.fact("tcp", "/addresses/0/connected"), false);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn unresponsive_address_fails_the_tcp_check() {
    let full = crate::peers::FullListener::new().await;
    let url = format!("https://{}", full.address);
    let report = doctor(&[&["--base-url", &url][..], &SHORT_TIMEOUT].concat(), &[KEY]);
    report.assert_fails_at("tcp", 9);
    let seen = format!("no complete response from {} (--base-url) within the --timeout of 1 s", full.address);
    assert!(report.seen("tcp").starts_with(&seen), "{}", report.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_reachable_address_of_a_host_is_enough() {
    let sandbox = Sandbox::builder().private_key("sk_planted").start().await.unwrap();
    let url = format!("http://localhost:{}", sandbox.address().port());
    let report = doctor(&["--base-url", &url], &[("RENUMERATE_PRIVATE_KEY", "sk_planted")]);
    report.assert_ok();
    assert_eq!(report.fact("dns", "/host"), "localhost");
    let addresses = report.fact("dns", "/addresses").as_array().unwrap();
    assert!(addresses.iter().any(|address| address == "127.0.0.1"), "{}", report.text);
    assert_eq!(report.fact("tcp", "/addresses").as_array().unwrap().len(), addresses.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_response_fails_the_call_check() {
    let silent = Peer::silent().await;
    let report = doctor(&[&["--base-url", &silent.url()][..], &SHORT_TIMEOUT].concat(), &[KEY]);
    report.assert_fails_at("call", 9);
    assert_eq!((report.status("clock"), report.seen("clock")), ("skipped", "no response was received"));
}
