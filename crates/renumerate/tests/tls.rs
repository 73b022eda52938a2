//! Certificates, good and bad, and a proxy on the way to them.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use std::error::Error as _;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use renumerate::{
    Client, Customer, Error, ErrorKind, NetworkPhase, RetentionSession, RetentionSessionRequest,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ALL_VERSIONS, ServerConfig, SupportedProtocolVersion};

/// An authority of one test, its certificate in a file.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
}

impl Drop for Authority {
    fn drop(&mut self) {
        std::fs::remove_file(&self.file).unwrap();
    }
}

impl Authority {
    fn new(test: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "A private authority");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let file = std::env::temp_dir().join(format!("renumerate-{test}-{}.pem", std::process::id()));
        std::fs::write(&file, issuer.pem()).unwrap();
        Self { issuer, file }
    }

    /// A server with a certificate for this name, which grants whatever it is asked for. Returns its port.
    async fn serve(&self, name: &str, expired: bool) -> u16 {
        self.serve_versions(name, expired, ALL_VERSIONS).await
    }

    /// The same, of these versions of TLS.
    async fn serve_versions(
        &self,
        name: &str,
        expired: bool,
        versions: &[&'static SupportedProtocolVersion],
    ) -> u16 {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        if expired {
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        }
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap())
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut socket) = acceptor.accept(socket).await else { return };
                    assert_eq!(
                        socket.get_ref().1.alpn_protocol(),
                        Some(&b"http/1.1"[..]),
                        "h2 is not offered"
                    );
                    let mut request = Vec::new();
                    while !request.ends_with(b"}}") && socket.read_buf(&mut request).await.unwrap_or(0) > 0 {}
                    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{\"id\":\"ret_x\"}";
                    let _the_client_may_be_gone = socket.write_all(answer.as_bytes()).await;
                });
            }
        });
        port
    }
}

fn request() -> RetentionSessionRequest {
    RetentionSessionRequest::new(Customer::by_id("cus_1").unwrap())
}

/// The call of an async client, and the same of a blocking one: they must agree.
async fn call(
    base_url: &str,
    ca: Option<&Authority>,
    proxy: Option<&str>,
) -> Result<RetentionSession, Error> {
    let mut builder = Client::builder().private_key("sk_live_planted").base_url(base_url);
    if let Some(ca) = ca {
        builder = builder.ca_bundle(&ca.file);
    }
    if let Some(proxy) = proxy {
        builder = builder.proxy(proxy);
    }
    let blocking = builder.clone().blocking().build().unwrap();
    let blocked = tokio::task::spawn_blocking(move || blocking.create_retention_session(&request()));
    let awaited = builder.build().unwrap().create_retention_session(&request()).await;
    let codes = [&awaited, &blocked.await.unwrap()].map(|done| done.as_ref().err().map(Error::code));
    assert_eq!(codes.first(), codes.last());
    awaited
}

fn refused(error: &Error) {
    assert_eq!((error.kind(), error.phase()), (ErrorKind::Network, Some(NetworkPhase::Tls)), "{error}");
    assert!(!error.retryable() && error.attempts().len() == 1 && error.source().is_some(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("planted"));
}

/// Rules: S13, R2, E9
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_issuer_is_refused_at_once_and_the_file_is_the_remedy() {
    let authority = Authority::new("issuer");
    let url = format!("https://localhost:{}", authority.serve("localhost", false).await);
    let error = call(&url, None, None).await.unwrap_err();
    refused(&error);
    assert!(error.to_string().contains("ca_bundle"), "{error}");
    assert_eq!(call(&url, Some(&authority), None).await.unwrap().id().as_str(), "ret_x");

    let other = Authority::new("other-issuer");
    refused(&call(&url, Some(&other), None).await.unwrap_err());
}

/// Rules: S13, S11
#[tokio::test(flavor = "multi_thread")]
async fn either_version_of_tls_will_do_and_http_2_is_not_offered() {
    let authority = Authority::new("versions");
    for version in [&TLS12, &TLS13] {
        let port = authority.serve_versions("localhost", false, &[version]).await;
        assert!(
            call(&format!("https://localhost:{port}"), Some(&authority), None).await.is_ok(),
            "{version:?}"
        );
    }
}

/// Rules: S13
#[tokio::test(flavor = "multi_thread")]
async fn the_variables_name_certificates_too() {
    let authority = Authority::new("variables");
    let url = format!("https://localhost:{}", authority.serve("localhost", false).await);
    let base = [("RENUMERATE_PRIVATE_KEY", "sk_live_planted"), ("RENUMERATE_BASE_URL", url.as_str())];
    let file = authority.file.to_str().unwrap();
    for (variable, works) in [("SSL_CERT_FILE", true), ("RENUMERATE_CA_BUNDLE", true), ("UNRELATED", false)] {
        let output = support::quickstart(&[&base[..], &[(variable, file)]].concat());
        assert_eq!(output.status.success(), works, "{variable}: {output:?}");
    }
}

/// Rules: S13, R2
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_certificate_is_refused() {
    let authority = Authority::new("expired");
    let url = format!("https://localhost:{}", authority.serve("localhost", true).await);
    let error = call(&url, Some(&authority), None).await.unwrap_err();
    refused(&error);
    assert!(error.to_string().contains("expired"), "{error}");
}

/// Rules: S13, R2
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new("name");
    let url = format!("https://localhost:{}", authority.serve("other.example", false).await);
    let error = call(&url, Some(&authority), None).await.unwrap_err();
    refused(&error);
    assert!(error.to_string().contains("not valid for name"), "{error}");
}

/// Rules: S14, X1
#[tokio::test(flavor = "multi_thread")]
async fn through_a_proxy_tls_goes_to_the_service_itself() {
    let authority = Authority::new("proxy");
    let port = authority.serve("made-up.example", false).await;
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy_url = format!("http://{}", proxy.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut client, _) = proxy.accept().await.unwrap();
            tokio::spawn(async move {
                let mut asked = Vec::new();
                while !asked.ends_with(b"\r\n\r\n") && client.read_buf(&mut asked).await.unwrap_or(0) > 0 {}
                assert!(
                    asked.starts_with(b"CONNECT made-up.example:443 "),
                    "{}",
                    String::from_utf8_lossy(&asked)
                );
                client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
                let mut service = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                let _either_may_hang_up = copy_bidirectional(&mut client, &mut service).await;
            });
        }
    });
    let session = call("https://made-up.example", Some(&authority), Some(&proxy_url)).await.unwrap();
    assert_eq!(session.id().as_str(), "ret_x");
    // Without the file the proxy, or whoever stands behind it, is not believed.
    refused(&call("https://made-up.example", None, Some(&proxy_url)).await.unwrap_err());
}
