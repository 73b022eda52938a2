//! Proxies in the way: those that refuse, hang or want more, and those that are passed over.

use renumerate_sandbox::Sandbox;
use serde_json::json;

use crate::peers::{Authority, NOW, Peer, answer};
use crate::report::{KEY, NO_NAME, Report, SOON, doctor};

const MADE_UP: (&str, &str) = ("RENUMERATE_BASE_URL", "https://made-up.invalid");

/// This machine by an address that is not loopback's, and nobody on the port: no name server is asked.
const NOBODY: (&str, &str) = ("RENUMERATE_BASE_URL", "https://0.0.0.0:1");

fn through(proxy: &str, more: &[&str]) -> Report {
    doctor(more, &[KEY, MADE_UP, ("HTTPS_PROXY", proxy)])
}

fn with_credentials(peer: &Peer) -> String {
    format!("http://user:planted@{}", peer.address)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_wants_credentials() {
    let basic = Peer::answering(answer("407 Who are you", "proxy-authenticate: Basic realm=x\r\n", "")).await;
    let other = Peer::answering(answer("407 Who are you", "Proxy-Authenticate: Negotiate\r\n", "")).await;
    for (url, remedy) in [
        (basic.url(), "http://user:password@host:port"),
        (with_credentials(&basic), "refuses the user and password in HTTPS_PROXY"),
        (other.url(), "the proxy wants Negotiate, and only Basic is spoken here"),
    ] {
        let report = through(&url, &[]);
        report.fails_at("tunnel", 8);
        assert_eq!(report.fact("tunnel", "/answer"), "HTTP/1.1 407 Who are you");
        assert!(report.seen("tunnel").contains("407 Who are you"), "{}", report.text);
        assert!(report.remedy("tunnel").contains(remedy), "{}", report.text);
    }
    let report = doctor(&["--proxy", &with_credentials(&basic)], &[KEY, MADE_UP]);
    assert_eq!(report.fact("proxy", "/url"), &json!(format!("http://[masked]@{}", basic.address)));
    assert_eq!(report.fact("proxy", "/from"), "--proxy");
    assert!(report.remedy("tunnel").contains("in --proxy"), "{}", report.text);
}

/// The report's own look at its output would see `planted`.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_says_again_what_it_was_sent() {
    let proxy = Peer::answering(answer("407 Not user:pl%61nted, not dXNlcjpwbGFudGVk", "", "")).await;
    let report = through(&with_credentials(&proxy), &[]);
    report.fails_at("tunnel", 8);
    assert_eq!(report.fact("tunnel", "/answer"), "HTTP/1.1 407 Not user:[masked], not [masked]");
    assert!(
        !report.text.contains("dXNlcjpwbGFudGVk") && !report.text.contains("pl%61nted"),
        "{}",
        report.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_opens_no_way() {
    for status in ["403 Not you \u{1b}[31m", "502 Bad gateway"] {
        let proxy = Peer::answering(answer(status, "", "")).await;
        let report = through(&proxy.url(), &[]);
        report.fails_at("tunnel", 8);
        let seen = report.seen("tunnel");
        assert!(seen.contains(status.split('\u{1b}').next().unwrap()) && !seen.contains('\u{1b}'), "{seen}");
        assert!(report.remedy("tunnel").contains("ask whoever runs it"), "{}", report.text);
        assert!(report.seen("dns").contains("the proxy looks made-up.invalid up itself"), "{}", report.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_none() {
    let (silent, closing) = (Peer::silent().await, Peer::closing().await);
    for (peer, limits, exit_code) in [(&silent, &SOON[..], 9), (&closing, &[], 8)] {
        let report = through(&with_credentials(peer), limits);
        report.fails_at("tunnel", exit_code);
        assert!(report.remedy("tunnel").contains("is an HTTP proxy"), "{}", report.text);
        assert!(report.fact("tunnel", "/answer").is_null());
    }
    let report = through("http://user:planted@127.0.0.1:1", &[]);
    report.fails_at("tcp", 8);
    assert!(report.remedy("tcp").contains("the proxy listens on 127.0.0.1:1"), "{}", report.text);
    let report = through(&format!("http://{NO_NAME}:3128"), &[]);
    report.fails_at("dns", 8);
    assert!(report.remedy("dns").contains("the proxy's host"), "{}", report.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn through_a_proxy_all_is_well_or_somebody_reads_along() {
    let authority = Authority::new();
    let sandbox = Sandbox::builder().private_key(KEY.1).start().await.unwrap();
    let service = authority.before(sandbox.address(), "made-up.invalid", NOW).await;
    let proxy = Peer::tunnelling(service.address).await;
    let report = through(&with_credentials(&proxy), &["--ca-bundle", authority.file()]);
    report.is_green();
    assert_eq!(report.fact("proxy", "/from"), "HTTPS_PROXY");
    assert_eq!(report.fact("tunnel", "/answer"), "HTTP/1.1 200 Connection established");
    let report = through(&with_credentials(&proxy), &[]);
    report.fails_at("tls", 8);
    assert!(report.seen("tls").contains("CN=The proxy that reads along"), "{}", report.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_spoken_to_over_tls() {
    let authority = Authority::new();
    let sandbox = Sandbox::builder().private_key(KEY.1).start().await.unwrap();
    let service = authority.before(sandbox.address(), "made-up.invalid", NOW).await;
    let proxy = Peer::tunnelling(service.address).await;
    let front = authority.before(proxy.address, "localhost", NOW).await;
    let url = front.https().replace("localhost", "user:planted@localhost");
    through(&url, &["--ca-bundle", authority.file()]).is_green();
    let report = through(&url, &[]);
    report.fails_at("tunnel", 8);
    assert!(
        report.seen("tunnel").contains("UnknownIssuer; the proxy has a certificate for"),
        "{}",
        report.text
    );
    let issuer = report.fact("tunnel", "/certificate/issuer").as_str().unwrap();
    assert!(issuer.contains("CN=The proxy that reads along"), "{issuer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_in_another_container_is_reached_through_the_proxy_as_it_is() {
    let sandbox = Sandbox::builder().private_key("sk_sandbox_planted").start().await.unwrap();
    let url = sandbox.url();
    let report = doctor(
        &["--base-url", "http://made-up.invalid"],
        &[("RENUMERATE_PRIVATE_KEY", "sk_sandbox_planted"), ("http_proxy", url)],
    );
    assert_eq!(report.fact("proxy", "/from"), "http_proxy");
    assert!(report.seen("tunnel").contains("as it is"), "{}", report.text);
    // The sandbox is no proxy, but answers in its place: by the path that it sees.
    assert_eq!(sandbox.requests().len(), 4, "{}", report.text);
}

#[test]
fn a_proxy_that_is_passed_over_is_told() {
    let proxy = ("HTTPS_PROXY", "http://user:planted@127.0.0.1:1");
    for (variables, status, seen) in [
        (vec![], "ok", "neither HTTPS_PROXY nor ALL_PROXY is set"),
        (vec![("HTTP_PROXY", proxy.1)], "ok", "neither HTTPS_PROXY nor ALL_PROXY is set"),
        (vec![("HTTPS_PROXY", "")], "ok", "neither HTTPS_PROXY nor ALL_PROXY is set"),
        (
            vec![proxy, ("NO_PROXY", "0.0.0.0")],
            "ok",
            "NO_PROXY holds the host, which passes over HTTPS_PROXY",
        ),
        (vec![("ALL_PROXY", "ftp://planted")], "warning", "ALL_PROXY holds nothing that can be a proxy"),
        (vec![proxy, ("REQUEST_METHOD", "GET")], "ok", "HTTPS_PROXY is passed over in a CGI program"),
    ] {
        let report = doctor(&[], &[&[KEY, NOBODY][..], &variables].concat());
        report.fails_at("tcp", 8);
        assert_eq!(report.status("proxy"), status, "{}", report.text);
        assert!(report.seen("proxy").contains(seen), "{seen}: {}", report.text);
        assert!(report.fact("proxy", "/url").is_null());
    }
    for (variables, from) in [
        (vec![proxy, ("ALL_PROXY", "http://127.0.0.1:2")], "HTTPS_PROXY"),
        (vec![("all_proxy", proxy.1)], "all_proxy"),
        (vec![("HTTPS_PROXY", "ftp://planted"), ("ALL_PROXY", proxy.1)], "ALL_PROXY"),
    ] {
        let report = doctor(&[], &[&[KEY, NOBODY][..], &variables].concat());
        report.fails_at("tcp", 8);
        assert_eq!(report.fact("proxy", "/from"), from, "{}", report.text);
        assert_eq!(report.fact("proxy", "/url"), "http://[masked]@127.0.0.1:1");
    }
    let report = doctor(&[], &[KEY, MADE_UP, ("HTTPS_PROXY", "socks5://user:planted@127.0.0.1:1")]);
    report.fails_at("proxy", 8);
    assert!(report.remedy("proxy").contains("only http:// and https:// proxies"), "{}", report.text);
}
