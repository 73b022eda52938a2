//! Tests of the checks `proxy` and `tunnel`.

use renumerate_sandbox::Sandbox;
use serde_json::json;

use crate::peers::{Authority, Peer, VALID_NOW, response};
use crate::report::{INVALID_HOST, KEY, Report, SHORT_TIMEOUT, doctor};

/// URL of a service that only a proxy of these tests can reach.
const PROXIED_URL: (&str, &str) = ("RENUMERATE_BASE_URL", "https://made-up.invalid");

/// URL without a listener. The host is not loopback, so the proxy variables apply. The host is an address, so no DNS
/// lookup is needed.
const UNREACHABLE_URL: (&str, &str) = ("RENUMERATE_BASE_URL", "https://0.0.0.0:1");

/// Returns the report on a call through this proxy.
fn report_on_proxy(proxy: &str, arguments: &[&str]) -> Report {
    doctor(arguments, &[KEY, PROXIED_URL, ("HTTPS_PROXY", proxy)])
}

/// Returns the URL of the proxy, with a user and a password.
fn with_credentials(peer: &Peer) -> String {
    format!("http://user:planted@{}", peer.address)
}

#[tokio::test(flavor = "multi_thread")]
async fn status_407_has_a_remedy_for_its_cause() {
    let status = "407 Proxy Authentication Required";
    let basic = Peer::responding(response(status, "proxy-authenticate: Basic realm=x\r\n", "")).await;
    let negotiate = Peer::responding(response(status, "Proxy-Authenticate: Negotiate\r\n", "")).await;
    for (url, remedy) in [
        (basic.url(), "http://user:password@host:port"),
        (with_credentials(&basic), "correct the user and password in HTTPS_PROXY"),
        (negotiate.url(), "enable Basic authentication"),
    ] {
        let report = report_on_proxy(&url, &[]);
        report.assert_fails_at("tunnel", 8);
        assert_eq!(*report.fact("tunnel", "/answer"), format!("HTTP/1.1 {status}"));
        assert!(report.seen("tunnel").contains(status), "{}", report.text);
        assert!(report.remedy("tunnel").contains(remedy), "{}", report.text);
    }
    let report = doctor(&["--proxy", &with_credentials(&basic)], &[KEY, PROXIED_URL]);
    assert_eq!(report.fact("proxy", "/url"), &json!(format!("http://[masked]@{}", basic.address)));
    assert_eq!(report.fact("proxy", "/from"), "--proxy");
    assert!(report.remedy("tunnel").contains("in --proxy"), "{}", report.text);
}

/// `doctor` checks that the output does not contain `planted`; this test checks its encoded forms.
#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_the_proxy_echoes_are_masked() {
    let proxy = Peer::responding(response("407 Rejected user:pl%61nted, dXNlcjpwbGFudGVk", "", "")).await;
    let report = report_on_proxy(&with_credentials(&proxy), &[]);
    report.assert_fails_at("tunnel", 8);
    assert_eq!(report.fact("tunnel", "/answer"), "HTTP/1.1 407 Rejected user:[masked], [masked]");
    assert!(
        !report.text.contains("dXNlcjpwbGFudGVk") && !report.text.contains("pl%61nted"),
        "{}",
        report.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_tunnel_reports_the_status_of_the_proxy() {
    // A status line with a control character is no valid HTTP, so the report does not quote it.
    for (status, quoted, remedy) in [
        ("403 Forbidden", "403 Forbidden", "ask the proxy's operator"),
        ("502 Bad Gateway", "502 Bad Gateway", "check the proxy"),
        ("403 Forbidden \u{1b}[31m", "the response is not HTTP", "of HTTPS_PROXY"),
    ] {
        let proxy = Peer::responding(response(status, "", "")).await;
        let report = report_on_proxy(&proxy.url(), &[]);
        report.assert_fails_at("tunnel", 8);
        let seen = report.seen("tunnel");
        assert!(seen.contains(quoted) && !seen.contains('\u{1b}'), "{seen}");
        assert!(report.remedy("tunnel").contains(remedy), "{}", report.text);
        assert!(report.seen("dns").contains("the proxy resolves made-up.invalid"), "{}", report.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_proxy_fails_at_the_step_that_it_breaks() {
    let (silent, closing) = (Peer::silent().await, Peer::closing().await);
    for (peer, arguments, exit_code) in [(&silent, &SHORT_TIMEOUT[..], 9), (&closing, &[], 8)] {
        let report = report_on_proxy(&with_credentials(peer), arguments);
        report.assert_fails_at("tunnel", exit_code);
        assert!(report.remedy("tunnel").contains("check the proxy"), "{}", report.text);
        assert!(report.fact("tunnel", "/answer").is_null());
    }
    let report = report_on_proxy("http://user:planted@127.0.0.1:1", &[]);
    report.assert_fails_at("tcp", 8);
    assert!(report.remedy("tcp").contains("check the proxy"), "{}", report.text);
    let report = report_on_proxy(&format!("http://{INVALID_HOST}:3128"), &[]);
    report.assert_fails_at("dns", 8);
    assert!(report.remedy("dns").contains("check the proxy"), "{}", report.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn tunnel_is_opened_and_an_intercepting_issuer_is_named() {
    let authority = Authority::new();
    let sandbox = Sandbox::builder().private_key(KEY.1).start().await.unwrap();
    let service = authority.tls_server(sandbox.address(), "made-up.invalid", VALID_NOW).await;
    let proxy = Peer::proxy(service.address).await;
    let report = report_on_proxy(&with_credentials(&proxy), &["--ca-bundle", authority.file()]);
    report.assert_ok();
    assert_eq!(report.fact("proxy", "/from"), "HTTPS_PROXY");
    assert_eq!(report.fact("tunnel", "/answer"), "HTTP/1.1 200 Connection established");
    let report = report_on_proxy(&with_credentials(&proxy), &[]);
    report.assert_fails_at("tls", 8);
    assert!(report.seen("tls").contains("CN=Intercepting proxy CA"), "{}", report.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn certificate_of_an_https_proxy_is_verified() {
    let authority = Authority::new();
    let sandbox = Sandbox::builder().private_key(KEY.1).start().await.unwrap();
    let service = authority.tls_server(sandbox.address(), "made-up.invalid", VALID_NOW).await;
    let proxy = Peer::proxy(service.address).await;
    let tls_proxy = authority.tls_server(proxy.address, "localhost", VALID_NOW).await;
    let url = tls_proxy.https_url().replace("localhost", "user:planted@localhost");
    report_on_proxy(&url, &["--ca-bundle", authority.file()]).assert_ok();
    let report = report_on_proxy(&url, &[]);
    report.assert_fails_at("tunnel", 8);
    assert!(
        report.seen("tunnel").contains("is not trusted; the proxy sent a certificate for"),
        "{}",
        report.text
    );
    let issuer = report.fact("tunnel", "/certificate/issuer").as_str().unwrap();
    assert!(issuer.contains("CN=Intercepting proxy CA"), "{issuer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn http_requests_use_the_proxy_without_a_tunnel() {
    let sandbox = Sandbox::builder().private_key("sk_sandbox_planted").start().await.unwrap();
    let url = sandbox.url();
    let report = doctor(
        &["--base-url", "http://made-up.invalid"],
        &[("RENUMERATE_PRIVATE_KEY", "sk_sandbox_planted"), ("http_proxy", url)],
    );
    assert_eq!(report.fact("proxy", "/from"), "http_proxy");
    assert!(report.seen("tunnel").contains("without a tunnel"), "{}", report.text);
    // The sandbox plays the proxy, because it responds to requests with a full URL too.
    assert_eq!(sandbox.requests().len(), 4, "{}", report.text);
}

#[test]
fn proxy_check_reports_the_selected_variable_or_why_none_is_used() {
    let proxy = ("HTTPS_PROXY", "http://user:planted@127.0.0.1:1");
    for (variables, status, seen) in [
        (vec![], "ok", "neither HTTPS_PROXY nor ALL_PROXY is set"),
        (vec![("HTTP_PROXY", proxy.1)], "ok", "neither HTTPS_PROXY nor ALL_PROXY is set"),
        (vec![("HTTPS_PROXY", "")], "ok", "neither HTTPS_PROXY nor ALL_PROXY is set"),
        (vec![proxy, ("NO_PROXY", "0.0.0.0")], "ok", "NO_PROXY contains the host, so HTTPS_PROXY is ignored"),
        (vec![("NO_PROXY", "localhost|b.example")], "warning", "neither HTTPS_PROXY nor ALL_PROXY is set"),
    ] {
        let report = doctor(&[], &[&[KEY, UNREACHABLE_URL][..], &variables].concat());
        report.assert_fails_at("tcp", 8);
        assert_eq!(report.status("proxy"), status, "{}", report.text);
        assert!(report.seen("proxy").contains(seen), "{seen}: {}", report.text);
        assert!(report.fact("proxy", "/url").is_null());
    }
    for (variables, from) in [
        (vec![proxy, ("ALL_PROXY", "http://127.0.0.1:2")], "HTTPS_PROXY"),
        (vec![("all_proxy", proxy.1)], "all_proxy"),
        (vec![("HTTPS_PROXY", " "), ("ALL_PROXY", proxy.1)], "ALL_PROXY"),
    ] {
        let report = doctor(&[], &[&[KEY, UNREACHABLE_URL][..], &variables].concat());
        report.assert_fails_at("tcp", 8);
        assert_eq!(report.fact("proxy", "/from"), from, "{}", report.text);
        assert_eq!(report.fact("proxy", "/url"), "http://[masked]@127.0.0.1:1");
    }
    let report = doctor(&[], &[KEY, PROXIED_URL, ("HTTPS_PROXY", "socks5://user:planted@127.0.0.1:1")]);
    assert_eq!(report.status("settings"), "failed", "{}", report.text);
    let message = "HTTPS_PROXY is neither http:// nor https://";
    assert_eq!(report.seen("settings"), message, "{}", report.text);
}

#[test]
fn http_proxy_is_ignored_in_a_cgi_program() {
    let variables =
        [("RENUMERATE_PRIVATE_KEY", "sk_sandbox_planted"), ("HTTP_PROXY", "p"), ("REQUEST_METHOD", "GET")];
    let report = doctor(&["--base-url", "http://0.0.0.0:1"], &variables);
    assert!(report.seen("proxy").contains("HTTP_PROXY is ignored in a CGI program"), "{}", report.text);
}

#[test]
fn entries_of_no_proxy_that_match_no_host_are_warned_about() {
    let report = doctor(&[], &[KEY, UNREACHABLE_URL, ("no_proxy", "10.*,0.0.0.0 a|b")]);
    assert_eq!(report.status("proxy"), "warning", "{}", report.text);
    assert!(report.remedy("proxy").contains("no host can match 10.*, a|b:"), "{}", report.text);
}
