//! Certificates that are not trusted, and peers that speak no TLS.

use renumerate_sandbox::Sandbox;

use crate::peers::{Authority, NOW, Peer, answer};
use crate::report::{KEY, Report, SOON, doctor};

const SANDBOX_KEY: (&str, &str) = ("RENUMERATE_PRIVATE_KEY", "sk_planted");

async fn sandbox() -> Sandbox {
    Sandbox::builder().private_key(SANDBOX_KEY.1).start().await.unwrap()
}

fn at(peer: &Peer, more: &[&str], variables: &[(&str, &str)]) -> Report {
    doctor(&[&["--base-url", &peer.https()], more].concat(), &[&[SANDBOX_KEY], variables].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_its_authority_a_service_is_trusted() {
    let (sandbox, authority) = (sandbox().await, Authority::new());
    let service = authority.before(sandbox.address(), "localhost", NOW).await;
    let by_argument = at(&service, &["--ca-bundle", authority.file()], &[]);
    assert_eq!(by_argument.is_green().fact("tls", "/version"), "TLS 1.3");
    assert_eq!(by_argument.fact("tls", "/roots/ca_bundle"), 1);
    assert!(by_argument.fact("tls", "/roots/bundled").as_u64().unwrap() > 50);
    assert_eq!(by_argument.fact("tls", "/certificate/not_after"), "2100-01-01T00:00:00Z");
    assert_eq!(by_argument.fact("settings", "/ca_bundle/from"), "--ca-bundle");
    let by_variable = at(&service, &[], &[("RENUMERATE_CA_BUNDLE", authority.file())]);
    assert_eq!(by_variable.is_green().fact("settings", "/ca_bundle/from"), "RENUMERATE_CA_BUNDLE");
    let by_platform = at(&service, &[], &[("SSL_CERT_FILE", authority.file())]);
    assert_eq!(by_platform.is_green().fact("tls", "/roots/platform"), 1);
    // A file that is not there is no failure where the others serve, but worth a word.
    let arguments = ["--ca-bundle", authority.file()];
    let doubtful = at(&service, &arguments, &[("SSL_CERT_FILE", "/nowhere/ca.pem")]);
    assert_eq!((doubtful.status("tls"), doubtful.status("call")), ("warning", "ok"), "{}", doubtful.text);
    assert!(doubtful.remedy("tls").contains("/nowhere/ca.pem"), "{}", doubtful.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_issuer_is_named() {
    let (sandbox, authority) = (sandbox().await, Authority::new());
    let service = authority.before(sandbox.address(), "localhost", NOW).await;
    let report = at(&service, &[], &[]);
    report.fails_at("tls", 8);
    assert!(report.seen("tls").contains("UnknownIssuer"), "{}", report.text);
    assert!(report.seen("tls").contains("CN=The proxy that reads along"), "{}", report.text);
    assert!(report.remedy("tls").contains("RENUMERATE_CA_BUNDLE"), "{}", report.text);
    assert_eq!(report.fact("tls", "/trusted"), false);
    let subject = report.fact("tls", "/certificate/subject").as_str().unwrap();
    assert!(subject.contains("A service") && !subject.contains('\u{1b}'), "{subject}");
    assert!(sandbox.requests().is_empty(), "nothing is asked over it");
}

/// The clock is read where it may be the reason, over a connection that no key goes over.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_only_the_time_is_against() {
    let authority = Authority::new();
    let service = Peer::answering(answer("400 No", "date: Wed, 01 Jul 2020 12:00:00 GMT\r\n", "{}")).await;
    for (validity, seen) in [((2020, 2021), "certificate expired"), ((2090, 2100), "not valid yet")] {
        let front = authority.before(service.address, "localhost", validity).await;
        let report = at(&front, &["--ca-bundle", authority.file()], &[]);
        report.fails_at("tls", 8);
        assert!(report.seen("tls").contains(seen), "{}", report.text);
        assert!(report.remedy("tls").contains("this machine's clock"), "{}", report.text);
        assert_eq!(report.status("clock"), "warning", "{}", report.text);
        assert_eq!(report.fact("clock", "/verified"), false);
        assert_eq!(report.fact("clock", "/service"), "2020-07-01T12:00:00Z");
        assert!(report.fact("clock", "/ahead_seconds").as_i64().unwrap() > 100_000_000);
    }
    // Where the clock agrees, the certificate is to blame.
    let sandbox = sandbox().await;
    let front = authority.before(sandbox.address(), "localhost", (2020, 2021)).await;
    let report = at(&front, &["--ca-bundle", authority.file()], &[]);
    report.fails_at("tls", 8);
    assert_eq!(report.status("clock"), "ok", "{}", report.text);
    let requests = sandbox.requests();
    let methods: Vec<_> = requests.iter().map(|asked| (asked.method.clone(), asked.key.clone())).collect();
    assert_eq!(methods, [("HEAD".to_owned(), None), ("HEAD".to_owned(), None)], "no key goes over it");
    let host = format!("localhost:{}", front.address.port());
    assert!(requests.iter().all(|asked| asked.headers["host"] == host), "{requests:?}");
}

/// The time is what a verifier looks at first: more may be against such a certificate.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_more_than_the_time_is_against() {
    let (sandbox, authority, other) = (sandbox().await, Authority::new(), Authority::new());
    for validity in [(2020, 2021), (2090, 2100)] {
        for (issuer, name) in [(&other, "localhost"), (&authority, "other.example")] {
            let front = issuer.before(sandbox.address(), name, validity).await;
            let report = at(&front, &["--ca-bundle", authority.file()], &[]);
            report.fails_at("tls", 8);
            assert_eq!(report.status("clock"), "skipped", "{}", report.text);
        }
    }
    assert!(sandbox.requests().is_empty(), "nothing is asked over it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_host() {
    let (sandbox, authority) = (sandbox().await, Authority::new());
    let service = authority.before(sandbox.address(), "other.example", NOW).await;
    let report = at(&service, &["--ca-bundle", authority.file()], &[]);
    report.fails_at("tls", 8);
    assert!(report.seen("tls").contains("not valid for name"), "{}", report.text);
    assert!(
        report.remedy("tls").contains("base_url") && report.status("clock") == "skipped",
        "{}",
        report.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_speaks_no_tls() {
    let plain = Peer::greeting("220 mail.example ESMTP\r\n").await;
    let (silent, closing) = (Peer::silent().await, Peer::closing().await);
    for (peer, limits, exit_code, remedy) in [
        (&plain, &[][..], 8, "TLS 1.2 or later is spoken"),
        (&silent, &SOON, 9, "TLS is spoken"),
        (&closing, &[], 8, "TLS is spoken"),
    ] {
        let report = doctor(&[&["--base-url", &peer.https()], limits].concat(), &[KEY]);
        report.fails_at("tls", exit_code);
        assert!(report.remedy("tls").contains(remedy), "{}", report.text);
        assert!(report.fact("tls", "/certificate").is_null());
    }
}
