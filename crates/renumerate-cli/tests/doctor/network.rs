//! Faults on the way to the service: its name, and its port.

use crate::peers::Peer;
use crate::report::{KEY, NO_NAME, SOON, doctor};
use renumerate_sandbox::Sandbox;

#[test]
fn a_name_without_an_address() {
    let url = format!("http://{NO_NAME}");
    let report = doctor(&["--base-url", &url], &[("RENUMERATE_PRIVATE_KEY", "sk_sandbox_planted")]);
    report.fails_at("dns", 8);
    assert!(report.seen("dns").contains("looking up the host"), "{}", report.text);
    assert!(report.remedy("dns").contains(NO_NAME), "{}", report.text);
}

#[test]
fn a_port_where_nobody_listens() {
    for (url, remedy) in
        [("https://127.0.0.1:1", "(127.0.0.1:1)"), ("http://127.0.0.1:1", "renumerate sandbox")]
    {
        let report = doctor(&["--base-url", url], &[KEY]);
        report.fails_at("tcp", 8);
        assert!(report.seen("tcp").starts_with("127.0.0.1:1: Connection refused"), "{}", report.text);
        assert!(report.remedy("tcp").contains(remedy), "{}", report.text);
        assert_eq!(report.fact("tcp", "/addresses/0/connected"), false);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_never_taken() {
    let full = crate::peers::Full::new().await;
    let url = format!("https://{}", full.address);
    let report = doctor(&[&["--base-url", &url][..], &SOON].concat(), &[KEY]);
    report.fails_at("tcp", 9);
    assert!(report.seen("tcp").contains("no complete answer within the timeout of 1s"), "{}", report.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_of_a_name_is_enough() {
    let sandbox = Sandbox::builder().private_key("sk_planted").start().await.unwrap();
    let url = format!("http://localhost:{}", sandbox.address().port());
    let report = doctor(&["--base-url", &url], &[("RENUMERATE_PRIVATE_KEY", "sk_planted")]);
    report.is_green();
    assert_eq!(report.fact("dns", "/host"), "localhost");
    let addresses = report.fact("dns", "/addresses").as_array().unwrap();
    assert!(addresses.iter().any(|address| address == "127.0.0.1"), "{}", report.text);
    assert_eq!(report.fact("tcp", "/addresses").as_array().unwrap().len(), addresses.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_never_answers() {
    let silent = Peer::silent().await;
    let report = doctor(&[&["--base-url", &silent.url()][..], &SOON].concat(), &[KEY]);
    report.fails_at("call", 9);
    assert_eq!((report.status("clock"), report.seen("clock")), ("skipped", "no answer came"));
}
