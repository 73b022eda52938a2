//! What a service can answer, and its clock.

use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::peers::{Peer, answer};
use crate::report::{KEY, Report, SOON, doctor};

async fn answered(status: &str, headers: &str, body: &str) -> Report {
    let peer = Peer::answering(answer(status, headers, body)).await;
    doctor(&["--base-url", &peer.url()], &[KEY])
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_the_exit_code_of_a_call_and_a_remedy() {
    for (status, exit_code, error, remedy) in [
        ("401 Unauthorized", 3, "authentication", "check that the private key is the brand's"),
        ("403 Forbidden", 3, "authentication", "that the private key may do this"),
        ("404 Not found", 4, "not_found", "host and path of base_url"),
        ("405 No such method", 5, "api", "host and path of base_url"),
        ("429 Too many", 6, "rate_limited", "wait"),
        ("500 Broken", 7, "server", "try again later"),
        ("302 Found", 10, "unexpected_response", "must lead to the service itself"),
    ] {
        let body = r#"{"error": "No, sk_live_planted, no"}"#;
        let report = answered(status, "x-request-id: req_7\r\nlocation: /?sk_live_planted\r\n", body).await;
        report.fails_at("call", exit_code);
        assert_eq!(report.fact("call", "/error"), error);
        assert_eq!(report.fact("call", "/request_id"), "req_7");
        assert!(report.remedy("call").contains(remedy), "{}", report.text);
        assert!(report.seen("call").contains(status.split(' ').next().unwrap()), "{}", report.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_place_of_the_service() {
    let html = answered("200 OK", "content-type: text/html\r\n", "<html>Log in</html>").await;
    html.fails_at("call", 10);
    assert!(html.seen("call").contains("a page of HTML"), "{}", html.text);
    let no_http = Peer::answering("SSH-2.0-OpenSSH\r\n\r\n").await;
    let report = doctor(&["--base-url", &no_http.url()], &[KEY]);
    report.fails_at("call", 8);
    assert!(report.remedy("call").contains("does not speak HTTP"), "{}", report.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_stops_halfway() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"id\":";
    let peer = Peer::answering(half).await;
    let report = doctor(&[&["--base-url", &peer.url()][..], &SOON].concat(), &[KEY]);
    report.fails_at("call", 9);
}

/// A service that looks at the request first says nothing of the key, and a stub grants all.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_proves_nothing() {
    let strict = answered("400 Bad request", "", r#"{"error": "No customer"}"#).await;
    assert_eq!((strict.status("call"), strict.exit_code), ("warning", 0), "{}", strict.text);
    assert_eq!(strict.fact("call", "/key"), "untried");
    assert!(strict.seen("call").contains("No customer"), "{}", strict.text);
    assert!(strict.remedy("call").contains("--customer-id"), "{}", strict.text);
    let stub = answered("200 OK", "", r#"{"id": "ret_x"}"#).await;
    assert_eq!((stub.status("call"), stub.fact("call", "/minted")), ("warning", &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong() {
    let (now, hour) = (SystemTime::now(), Duration::from_secs(3600));
    for (service, seen, ahead) in
        [(now - hour, "s ahead of the service's", 3600), (now + hour, "s behind the service's", -3600)]
    {
        let report =
            answered("401 No", &format!("date: {}\r\n", httpdate::fmt_http_date(service)), "{}").await;
        assert_eq!(report.status("clock"), "warning", "{}", report.text);
        assert!(report.seen("clock").contains(seen), "{}", report.text);
        assert!(report.remedy("clock").contains("expired or not yet valid"), "{}", report.text);
        let seconds = report.fact("clock", "/ahead_seconds").as_i64().unwrap();
        assert!((seconds - ahead).abs() < 50, "{seconds}");
        assert_eq!(report.fact("clock", "/verified"), true);
    }
    let report = answered("401 No", "", "{}").await;
    assert_eq!((report.status("clock"), report.seen("clock")), ("skipped", "the answer has no Date"));
}
