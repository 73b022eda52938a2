//! Peers for the tests: services, proxies, and servers that speak neither HTTP nor TLS.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;

/// A server that runs the same handler on each connection. It stops when it is dropped.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    _server: JoinSet<()>,
}

impl Peer {
    async fn start<F>(handler: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                connections.spawn(handler(socket));
            }
        });
        Self { address, _server: server }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn https_url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Starts a service that sends the same response to each request.
    pub(crate) async fn responding(response: impl Into<String>) -> Self {
        let response: Arc<str> = response.into().into();
        Self::start(move |mut socket| {
            let response = Arc::clone(&response);
            async move {
                while read_request(&mut socket).await.is_some() {
                    if socket.write_all(response.as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
        })
        .await
    }

    /// Starts a server that sends a greeting before it reads, unlike an HTTP server.
    pub(crate) async fn greeting(text: &'static str) -> Self {
        Self::start(move |mut socket| async move {
            let _peer_may_have_closed = socket.write_all(text.as_bytes()).await;
            let mut ignored = Vec::new();
            let _until_it_closes = socket.read_to_end(&mut ignored).await;
        })
        .await
    }

    /// Starts a server that accepts connections and sends nothing.
    pub(crate) async fn silent() -> Self {
        Self::start(|mut socket| async move {
            let mut ignored = Vec::new();
            let _until_it_closes = socket.read_to_end(&mut ignored).await;
        })
        .await
    }

    /// Starts a server that closes each connection after the first byte.
    pub(crate) async fn closing() -> Self {
        Self::start(|mut socket| async move {
            let _one_byte = socket.read_u8().await;
        })
        .await
    }

    /// Starts a proxy that forwards each tunnel to this address. It requires `user` and the password `planted`.
    pub(crate) async fn proxy(to: SocketAddr) -> Self {
        Self::start(move |mut socket| async move {
            let request = read_request(&mut socket).await.unwrap_or_default();
            assert!(request.starts_with("CONNECT made-up.invalid:443 "), "{request}");
            if !request.contains("\r\nproxy-authorization: Basic dXNlcjpwbGFudGVk\r\n") {
                let rejection = response("407 Proxy Authentication Required", "", "");
                socket.write_all(rejection.as_bytes()).await.unwrap();
                return;
            }
            socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
            forward(socket, to).await;
        })
        .await
    }
}

/// Reads a request, with its body if the request is a `POST`. Returns `None` at the end of the connection.
async fn read_request(socket: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && (!head.starts_with("POST ") || body.ends_with("}}"))
        {
            return Some(text);
        }
        if socket.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
}

async fn forward(mut socket: impl AsyncRead + AsyncWrite + Unpin, to: SocketAddr) {
    let mut service = TcpStream::connect(to).await.unwrap();
    let _either_side_may_close = copy_bidirectional(&mut socket, &mut service).await;
}

/// Returns an HTTP response with this body.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// Listener with a full accept queue, so that new connections get no response.
pub(crate) struct FullListener {
    pub(crate) address: SocketAddr,
    _listener: TcpListener,
    _queued: Vec<TcpStream>,
}

impl FullListener {
    pub(crate) async fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queued = Vec::new();
        // The system does not report the actual length of the queue.
        let limit = std::time::Duration::from_secs(1);
        while let Ok(connected) = tokio::time::timeout(limit, TcpStream::connect(address)).await {
            queued.push(connected.unwrap());
        }
        Self { address, _listener: listener, _queued: queued }
    }
}

/// Certificate authority of one test, with its certificate in a temporary file. The certificate is also that of a
/// server with the name `localhost`, like many self-signed ones.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
}

impl Drop for Authority {
    fn drop(&mut self) {
        std::fs::remove_file(&self.file).unwrap();
    }
}

/// Validity period that includes the present: from January 1 of the first year to January 1 of the second.
pub(crate) const VALID_NOW: (i32, i32) = (2020, 2100);

/// Validity period in the past.
pub(crate) const EXPIRED: (i32, i32) = (2020, 2021);

/// Validity period in the future.
pub(crate) const NOT_YET_VALID: (i32, i32) = (2090, 2100);

impl Authority {
    pub(crate) fn new() -> Self {
        Self::valid(VALID_NOW)
    }

    pub(crate) fn valid((from, until): (i32, i32)) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Intercepting proxy CA");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let file =
            std::env::temp_dir().join(format!("renumerate-doctor-{}-{number}.pem", std::process::id()));
        std::fs::write(&file, issuer.pem()).unwrap();
        Self { issuer, file }
    }

    pub(crate) fn file(&self) -> &str {
        self.file.to_str().unwrap()
    }

    /// Starts a TLS server that forwards to this address, with a certificate for this name.
    pub(crate) async fn tls_server(&self, to: SocketAddr, name: &str, (from, until): (i32, i32)) -> Peer {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "A service \u{1b}[31m");
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        tls_server(to, certificate.der(), &key).await
    }

    /// Starts a TLS server that forwards to this address, with the certificate of the authority itself.
    pub(crate) async fn self_signed_server(&self, to: SocketAddr) -> Peer {
        tls_server(to, self.issuer.der(), self.issuer.key()).await
    }
}

/// Starts a TLS server with this certificate that forwards to this address.
async fn tls_server(to: SocketAddr, certificate: &CertificateDer<'static>, key: &KeyPair) -> Peer {
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key.serialize_der().try_into().unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Peer::start(move |socket| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(socket) = acceptor.accept(socket).await {
                forward(socket, to).await;
            }
        }
    })
    .await
}
