//! Tests of the check `tls`: untrusted certificates, and peers without TLS.

use renumerate_sandbox::Sandbox;

use crate::peers::{Authority, EXPIRED, NOT_YET_VALID, Peer, VALID_NOW, response};
use crate::report::{KEY, Report, SHORT_TIMEOUT, doctor};

const SANDBOX_KEY: (&str, &str) = ("RENUMERATE_PRIVATE_KEY", "sk_planted");

async fn start_sandbox() -> Sandbox {
    Sandbox::builder().private_key(SANDBOX_KEY.1).start().await.unwrap()
}

/// Returns the report on a service at the peer's `https://` URL.
fn report_on(peer: &Peer, arguments: &[&str], variables: &[(&str, &str)]) -> Report {
    doctor(&[&["--base-url", &peer.https_url()], arguments].concat(), &[&[SANDBOX_KEY], variables].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn private_authority_is_trusted_by_option_variable_or_platform() {
    let (sandbox, authority) = (start_sandbox().await, Authority::new());
    let service = authority.tls_server(sandbox.address(), "localhost", VALID_NOW).await;
    let by_argument = report_on(&service, &["--ca-bundle", authority.file()], &[]);
    assert_eq!(by_argument.assert_ok().fact("tls", "/version"), "TLS 1.3");
    assert_eq!(by_argument.fact("tls", "/roots/ca_bundle"), 1);
    assert!(by_argument.fact("tls", "/roots/bundled").as_u64().unwrap() > 50);
    assert_eq!(by_argument.fact("tls", "/certificate/not_after"), "2100-01-01T00:00:00Z");
    assert_eq!(by_argument.fact("settings", "/ca_bundle/from"), "--ca-bundle");
    let by_variable = report_on(&service, &[], &[("RENUMERATE_CA_BUNDLE", authority.file())]);
    assert_eq!(by_variable.assert_ok().fact("settings", "/ca_bundle/from"), "RENUMERATE_CA_BUNDLE");
    let by_platform = report_on(&service, &[], &[("SSL_CERT_FILE", authority.file())]);
    assert_eq!(by_platform.assert_ok().fact("tls", "/roots/platform"), 1);
    // A missing file is only a warning if the other roots suffice.
    let arguments = ["--ca-bundle", authority.file()];
    let missing_file = report_on(&service, &arguments, &[("SSL_CERT_FILE", "/nowhere/ca.pem")]);
    assert_eq!(
        (missing_file.status("tls"), missing_file.status("call")),
        ("warning", "ok"),
        "{}",
        missing_file.text
    );
    assert!(missing_file.remedy("tls").contains("/nowhere/ca.pem"), "{}", missing_file.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_issuer_is_named() {
    let (sandbox, authority) = (start_sandbox().await, Authority::new());
    let service = authority.tls_server(sandbox.address(), "localhost", VALID_NOW).await;
    let report = report_on(&service, &[], &[]);
    report.assert_fails_at("tls", 8);
    assert!(report.seen("tls").contains("is not trusted"), "{}", report.text);
    assert!(report.seen("tls").contains("CN=Intercepting proxy CA"), "{}", report.text);
    assert!(report.remedy("tls").contains("RENUMERATE_CA_BUNDLE"), "{}", report.text);
    assert_eq!(report.fact("tls", "/trusted"), false);
    let subject = report.fact("tls", "/certificate/subject").as_str().unwrap();
    assert!(subject.contains("A service") && !subject.contains('\u{1b}'), "{subject}");
    assert!(sandbox.requests().is_empty(), "a request was sent to an unverified server");
}

#[tokio::test(flavor = "multi_thread")]
async fn self_signed_server_certificate_is_trusted_by_option() {
    let (sandbox, server) = (start_sandbox().await, Authority::new());
    let service = server.self_signed_server(sandbox.address()).await;
    let trusted = report_on(&service, &["--ca-bundle", server.file()], &[]);
    assert_eq!(trusted.assert_ok().fact("tls", "/trusted"), true);
    let calls = sandbox.requests().len();
    for arguments in [&[][..], &["--ca-bundle", Authority::new().file()]] {
        let untrusted = report_on(&service, arguments, &[]);
        untrusted.assert_fails_at("tls", 8);
        let remedy = "set a file with this very certificate as --ca-bundle";
        assert!(untrusted.remedy("tls").contains(remedy), "{}", untrusted.text);
        assert_eq!(untrusted.status("clock"), "skipped", "{}", untrusted.text);
    }
    assert_eq!(sandbox.requests().len(), calls, "a request was sent to an unverified server");
    // If only its validity period is wrong, the clocks are compared.
    let expired = Authority::valid(EXPIRED);
    let service = expired.self_signed_server(sandbox.address()).await;
    let report = report_on(&service, &["--ca-bundle", expired.file()], &[]);
    report.assert_fails_at("tls", 8);
    assert!(report.seen("tls").contains("expired on Fri, 01 Jan 2021"), "{}", report.text);
    assert_eq!(report.status("clock"), "ok", "{}", report.text);
}

/// If only the validity period is wrong, the clocks are compared with a request without the key.
#[tokio::test(flavor = "multi_thread")]
async fn certificate_outside_its_validity_period_triggers_the_clock_check() {
    let authority = Authority::new();
    let service =
        Peer::responding(response("400 Bad Request", "date: Wed, 01 Jul 2020 12:00:00 GMT\r\n", "{}")).await;
    for (validity, seen) in [(EXPIRED, "expired on"), (NOT_YET_VALID, "is valid from")] {
        let front = authority.tls_server(service.address, "localhost", validity).await;
        let report = report_on(&front, &["--ca-bundle", authority.file()], &[]);
        report.assert_fails_at("tls", 8);
        assert!(report.seen("tls").contains(seen), "{}", report.text);
        assert!(report.remedy("tls").contains("this machine's clock"), "{}", report.text);
        assert_eq!(report.status("clock"), "warning", "{}", report.text);
        assert_eq!(report.fact("clock", "/verified"), false);
        assert_eq!(report.fact("clock", "/service"), "2020-07-01T12:00:00Z");
        assert!(report.fact("clock", "/ahead_seconds").as_i64().unwrap() > 100_000_000);
    }
    // If the clocks agree, the clock check is ok.
    let sandbox = start_sandbox().await;
    let front = authority.tls_server(sandbox.address(), "localhost", EXPIRED).await;
    let report = report_on(&front, &["--ca-bundle", authority.file()], &[]);
    report.assert_fails_at("tls", 8);
    assert_eq!(report.status("clock"), "ok", "{}", report.text);
    let requests = sandbox.requests();
    let methods: Vec<_> =
        requests.iter().map(|request| (request.method.clone(), request.key.clone())).collect();
    assert_eq!(
        methods,
        [("HEAD".to_owned(), None), ("HEAD".to_owned(), None)],
        "the key was sent to an unverified server"
    );
    let host = format!("localhost:{}", front.address.port());
    assert!(requests.iter().all(|request| request.headers["host"] == host), "{requests:?}");
}

/// The verifier checks the validity period first, so such a certificate may have other problems too.
#[tokio::test(flavor = "multi_thread")]
async fn certificate_with_other_problems_skips_the_clock_check() {
    let (sandbox, authority, other) = (start_sandbox().await, Authority::new(), Authority::new());
    for validity in [EXPIRED, NOT_YET_VALID] {
        for (issuer, name) in [(&other, "localhost"), (&authority, "other.example")] {
            let front = issuer.tls_server(sandbox.address(), name, validity).await;
            let report = report_on(&front, &["--ca-bundle", authority.file()], &[]);
            report.assert_fails_at("tls", 8);
            assert_eq!(report.status("clock"), "skipped", "{}", report.text);
        }
    }
    assert!(sandbox.requests().is_empty(), "a request was sent to an unverified server");
}

#[tokio::test(flavor = "multi_thread")]
async fn certificate_for_another_host_is_rejected() {
    let (sandbox, authority) = (start_sandbox().await, Authority::new());
    let service = authority.tls_server(sandbox.address(), "other.example", VALID_NOW).await;
    let report = report_on(&service, &["--ca-bundle", authority.file()], &[]);
    report.assert_fails_at("tls", 8);
    assert!(
        report.seen("tls").contains("only for other.example") && report.status("clock") == "skipped",
        "{}",
        report.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn peer_without_tls_is_reported() {
    let smtp = Peer::greeting("220 mail.example ESMTP\r\n").await;
    let (silent, closing) = (Peer::silent().await, Peer::closing().await);
    for (peer, arguments, exit_code, remedy) in [
        (&smtp, &[][..], 8, "the scheme, host and port of --base-url"),
        (&silent, &SHORT_TIMEOUT, 9, "raise --timeout"),
        (&closing, &[], 8, "the host and port of --base-url"),
    ] {
        let report = doctor(&[&["--base-url", &peer.https_url()], arguments].concat(), &[KEY]);
        report.assert_fails_at("tls", exit_code);
        assert!(report.remedy("tls").contains(remedy), "{}", report.text);
        assert!(report.fact("tls", "/certificate").is_null());
    }
}
