//! Tests of certificate verification, directly and through a proxy.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use std::error::Error as _;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use renumerate::{
    Client, Customer, Error, ErrorKind, NetworkPhase, RetentionSession, RetentionSessionRequest,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::{default_provider, sign::any_supported_type};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ALL_VERSIONS, ServerConfig, SupportedProtocolVersion};

/// Certificate authority of one test, with its certificate in a temporary file. It may also be a server itself, with
/// the name `localhost`.
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
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "A private authority");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let file = std::env::temp_dir().join(format!("renumerate-{test}-{}.pem", std::process::id()));
        std::fs::write(&file, issuer.pem()).unwrap();
        Self { issuer, file }
    }

    /// Starts a server with a certificate for this name, which returns a session for each request. Returns its port.
    async fn serve(&self, name: &str, expired: bool) -> u16 {
        self.serve_versions(name, expired, ALL_VERSIONS).await
    }

    /// Like `serve`, with these versions of TLS.
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
        serve(certificate.der(), &key, versions).await
    }

    /// Starts a server with the certificate of the authority itself, and with this key.
    async fn serve_itself(&self, key: &KeyPair, versions: &[&'static SupportedProtocolVersion]) -> u16 {
        serve(self.issuer.der(), key, versions).await
    }
}

/// Returns the acceptor of a server with this certificate.
fn acceptor(
    certificate: &CertificateDer<'static>,
    key: &KeyPair,
    versions: &[&'static SupportedProtocolVersion],
) -> TlsAcceptor {
    let key = any_supported_type(&key.serialize_der().try_into().unwrap()).unwrap();
    // Unlike `with_single_cert`, this does not check that they belong together.
    let key = SingleCertAndKey::from(CertifiedKey::new(vec![certificate.clone()], key));
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(key));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// Starts a server with this certificate, which returns a session for each request. Returns its port.
async fn serve(
    certificate: &CertificateDer<'static>,
    key: &KeyPair,
    versions: &[&'static SupportedProtocolVersion],
) -> u16 {
    let acceptor = acceptor(certificate, key, versions);
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
                    "the client offered h2"
                );
                let mut request = Vec::new();
                while !request.ends_with(b"}}") && socket.read_buf(&mut request).await.unwrap_or(0) > 0 {}
                let response = "HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{\"id\":\"ret_x\"}";
                let _client_may_have_closed = socket.write_all(response.as_bytes()).await;
            });
        }
    });
    port
}

fn request() -> RetentionSessionRequest {
    RetentionSessionRequest::new(Customer::by_id("cus_1").unwrap())
}

/// Makes the same call with an async and a blocking client. Checks that both results have the same code.
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
    let blocking_result = tokio::task::spawn_blocking(move || blocking.create_retention_session(&request()));
    let result = builder.build().unwrap().create_retention_session(&request()).await;
    let codes =
        [&result, &blocking_result.await.unwrap()].map(|result| result.as_ref().err().map(Error::code));
    assert_eq!(codes.first(), codes.last());
    result
}

fn assert_rejected(error: &Error) {
    assert_eq!((error.kind(), error.phase()), (ErrorKind::Network, Some(NetworkPhase::Tls)), "{error}");
    assert!(!error.retryable() && error.attempts().len() == 1 && error.source().is_some(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("planted"));
}

/// Rules: S13, R2, E9
#[tokio::test(flavor = "multi_thread")]
async fn unknown_issuer_is_rejected_without_retry_and_names_ca_bundle() {
    let authority = Authority::new("issuer");
    let url = format!("https://localhost:{}", authority.serve("localhost", false).await);
    let error = call(&url, None, None).await.unwrap_err();
    assert_rejected(&error);
    assert!(error.to_string().contains("ca_bundle"), "{error}");
    assert_eq!(call(&url, Some(&authority), None).await.unwrap().id().as_str(), "ret_x");

    let other = Authority::new("other-issuer");
    assert_rejected(&call(&url, Some(&other), None).await.unwrap_err());
}

/// Rules: S13, S11
#[tokio::test(flavor = "multi_thread")]
async fn tls_1_2_and_1_3_are_accepted_without_http_2() {
    let authority = Authority::new("versions");
    for version in [&TLS12, &TLS13] {
        let port = authority.serve_versions("localhost", false, &[version]).await;
        assert!(
            call(&format!("https://localhost:{port}"), Some(&authority), None).await.is_ok(),
            "{version:?}"
        );
    }
}

/// Rules: S13, R2, E9
#[tokio::test(flavor = "multi_thread")]
async fn self_signed_server_certificate_in_ca_bundle_is_trusted_with_its_own_key() {
    let [server, other] = ["self-signed", "other-self-signed"].map(Authority::new);
    for version in [&TLS12, &TLS13] {
        let url = format!("https://localhost:{}", server.serve_itself(server.issuer.key(), &[version]).await);
        assert_eq!(call(&url, Some(&server), None).await.unwrap().id().as_str(), "ret_x", "{version:?}");
        for untrusted in [None, Some(&other)] {
            let error = call(&url, untrusted, None).await.unwrap_err();
            assert_rejected(&error);
            assert!(
                error.to_string().contains("set a file with this very certificate as ca_bundle"),
                "{error}"
            );
        }
        // The certificate is public, so only the key proves that the server is the right one.
        let url = format!("https://localhost:{}", server.serve_itself(other.issuer.key(), &[version]).await);
        assert_rejected(&call(&url, Some(&server), None).await.unwrap_err());
    }
}

/// Rules: S13
#[tokio::test(flavor = "multi_thread")]
async fn self_signed_server_certificate_is_not_trusted_as_a_root_of_the_platform() {
    let server = Authority::new("self-signed-variables");
    let url = format!("https://localhost:{}", server.serve_itself(server.issuer.key(), ALL_VERSIONS).await);
    let base = [("RENUMERATE_PRIVATE_KEY", "sk_live_planted"), ("RENUMERATE_BASE_URL", url.as_str())];
    let file = server.file.to_str().unwrap();
    for (variable, trusted) in [("RENUMERATE_CA_BUNDLE", true), ("SSL_CERT_FILE", false)] {
        let output = support::run_example("quickstart", &[&base[..], &[(variable, file)]].concat());
        assert_eq!(output.status.success(), trusted, "{variable}: {output:?}");
    }
}

/// Rules: S13
#[tokio::test(flavor = "multi_thread")]
async fn ca_files_of_the_environment_are_trusted() {
    let authority = Authority::new("variables");
    let url = format!("https://localhost:{}", authority.serve("localhost", false).await);
    let base = [("RENUMERATE_PRIVATE_KEY", "sk_live_planted"), ("RENUMERATE_BASE_URL", url.as_str())];
    let file = authority.file.to_str().unwrap();
    for (variable, trusted) in [("SSL_CERT_FILE", true), ("RENUMERATE_CA_BUNDLE", true), ("UNRELATED", false)]
    {
        let output = support::run_example("quickstart", &[&base[..], &[(variable, file)]].concat());
        assert_eq!(output.status.success(), trusted, "{variable}: {output:?}");
    }
}

/// Rules: S13, R2
#[tokio::test(flavor = "multi_thread")]
async fn expired_certificate_is_rejected() {
    let authority = Authority::new("expired");
    let url = format!("https://localhost:{}", authority.serve("localhost", true).await);
    let error = call(&url, Some(&authority), None).await.unwrap_err();
    assert_rejected(&error);
    assert!(error.to_string().contains("expired on Fri, 01 Jan 2021"), "{error}");
}

/// Rules: S13, R2
#[tokio::test(flavor = "multi_thread")]
async fn certificate_for_another_name_is_rejected() {
    let authority = Authority::new("name");
    let url = format!("https://localhost:{}", authority.serve("other.example", false).await);
    let error = call(&url, Some(&authority), None).await.unwrap_err();
    assert_rejected(&error);
    assert!(error.to_string().contains("only for other.example"), "{error}");
    assert!(!error.to_string().contains("clock"), "{error}");
}

/// Rules: S14, X1
#[tokio::test(flavor = "multi_thread")]
async fn tls_through_a_proxy_verifies_the_service() {
    let authority = Authority::new("proxy");
    let port = authority.serve("made-up.example", false).await;
    let proxy_url = serve_proxy(port).await;
    let session = call("https://made-up.example", Some(&authority), Some(&proxy_url)).await.unwrap();
    assert_eq!(session.id().as_str(), "ret_x");
    // Without the CA file, the service behind the proxy is not trusted.
    assert_rejected(&call("https://made-up.example", None, Some(&proxy_url)).await.unwrap_err());
}

/// Rules: S13, S14
#[tokio::test(flavor = "multi_thread")]
async fn certificates_of_the_proxy_and_of_the_service_are_verified() {
    let authority = Authority::new("https-proxy");
    let other = Authority::new("https-proxy-other");
    let port = authority.serve("made-up.example", false).await;
    for (issuer, is_trusted) in [(&authority, true), (&other, false)] {
        let acceptor = acceptor(issuer.issuer.der(), issuer.issuer.key(), ALL_VERSIONS);
        let proxy_url = serve_proxy_with_tls(port, acceptor).await;
        let result = call("https://made-up.example", Some(&authority), Some(&proxy_url)).await;
        if is_trusted {
            assert_eq!(result.unwrap().id().as_str(), "ret_x");
        } else {
            assert_rejected(&result.unwrap_err());
        }
    }
}

/// musl's default stack for threads has 128 KiB.
///
/// Rules: S13, S14
#[tokio::test(flavor = "multi_thread")]
async fn blocking_call_needs_a_stack_of_128_kib() {
    let authority = Authority::new("stack");
    let port = authority.serve("made-up.example", false).await;
    let builder = Client::builder().private_key("sk_live_planted").base_url("https://made-up.example");
    let client =
        builder.ca_bundle(&authority.file).proxy(serve_proxy(port).await).blocking().build().unwrap();
    // Without optimization, rustls alone needs 40 KiB more.
    let stack_size = if cfg!(debug_assertions) { 176 * 1024 } else { 128 * 1024 };
    let thread = std::thread::Builder::new().stack_size(stack_size);
    let call = thread.spawn(move || client.create_retention_session(&request())).unwrap();
    let session = tokio::task::spawn_blocking(|| call.join().unwrap()).await.unwrap();
    assert_eq!(session.unwrap().id().as_str(), "ret_x");
}

/// Starts a proxy that opens a tunnel to this port on the loopback address. Returns its URL.
async fn serve_proxy(port: u16) -> String {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy_url = format!("http://{}", proxy.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (client, _) = proxy.accept().await.unwrap();
            tokio::spawn(serve_tunnel(client, port));
        }
    });
    proxy_url
}

/// Like `serve_proxy`, with TLS between the client and the proxy.
async fn serve_proxy_with_tls(port: u16, acceptor: TlsAcceptor) -> String {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy_url = format!("https://localhost:{}", proxy.local_addr().unwrap().port());
    tokio::spawn(async move {
        loop {
            let (client, _) = proxy.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(client) = acceptor.accept(client).await {
                    serve_tunnel(client, port).await;
                }
            });
        }
    });
    proxy_url
}

async fn serve_tunnel(mut client: impl AsyncRead + AsyncWrite + Unpin, port: u16) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && client.read_buf(&mut head).await.unwrap_or(0) > 0 {}
    assert!(head.starts_with(b"CONNECT made-up.example:443 "), "{}", String::from_utf8_lossy(&head));
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    let mut service = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let _either_side_may_close = copy_bidirectional(&mut client, &mut service).await;
}
