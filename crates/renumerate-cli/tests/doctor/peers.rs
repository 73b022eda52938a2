//! Peers of every kind: services, proxies, and what only looks like one.

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

/// A peer that does the same with each connection, until it is dropped.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    _serving: JoinSet<()>,
}

impl Peer {
    async fn serving<F>(each: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                connections.spawn(each(socket));
            }
        });
        Self { address, _serving: serving }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn https(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// A service that gives the same answer to each request, whatever it asks.
    pub(crate) async fn answering(answer: impl Into<String>) -> Self {
        let answer: Arc<str> = answer.into().into();
        Self::serving(move |mut socket| {
            let answer = Arc::clone(&answer);
            async move {
                while read_request(&mut socket).await.is_some() {
                    if socket.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
        })
        .await
    }

    /// Speaks first, as no service of HTTP does.
    pub(crate) async fn greeting(words: &'static str) -> Self {
        Self::serving(move |mut socket| async move {
            let _it_may_be_gone = socket.write_all(words.as_bytes()).await;
            let mut ignored = Vec::new();
            let _until_it_closes = socket.read_to_end(&mut ignored).await;
        })
        .await
    }

    /// Takes connections, and never says a word on them.
    pub(crate) async fn silent() -> Self {
        Self::serving(|mut socket| async move {
            let mut ignored = Vec::new();
            let _until_it_closes = socket.read_to_end(&mut ignored).await;
        })
        .await
    }

    /// Closes each connection as soon as something comes.
    pub(crate) async fn closing() -> Self {
        Self::serving(|mut socket| async move {
            let _one_byte = socket.read_u8().await;
        })
        .await
    }

    /// A proxy that opens a way to this address to `user` with the password `planted`, whatever is asked for.
    pub(crate) async fn tunnelling(to: SocketAddr) -> Self {
        Self::serving(move |mut socket| async move {
            let asked = read_request(&mut socket).await.unwrap_or_default();
            assert!(asked.starts_with("CONNECT made-up.invalid:443 "), "{asked}");
            if !asked.contains("\r\nproxy-authorization: Basic dXNlcjpwbGFudGVk\r\n") {
                socket.write_all(answer("407 Who are you", "", "").as_bytes()).await.unwrap();
                return;
            }
            socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
            splice(socket, to).await;
        })
        .await
    }
}

/// A request with its body, where the doctor sends one; `None` where the peer has gone.
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

async fn splice(mut socket: impl AsyncRead + AsyncWrite + Unpin, to: SocketAddr) {
    let mut service = TcpStream::connect(to).await.unwrap();
    let _either_may_hang_up = copy_bidirectional(&mut socket, &mut service).await;
}

/// An answer of HTTP with this body.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// An address whose queue of connections is full: who connects hears nothing.
pub(crate) struct Full {
    pub(crate) address: SocketAddr,
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl Full {
    pub(crate) async fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        // How many fit is the system's secret.
        let patience = std::time::Duration::from_secs(1);
        while let Ok(connected) = tokio::time::timeout(patience, TcpStream::connect(address)).await {
            waiting.push(connected.unwrap());
        }
        Self { address, _listener: listener, _waiting: waiting }
    }
}

/// An authority of one test, its certificate in a file.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
}

impl Drop for Authority {
    fn drop(&mut self) {
        std::fs::remove_file(&self.file).unwrap();
    }
}

/// When a certificate is valid: from the first day of the one year to that of the other.
pub(crate) const NOW: (i32, i32) = (2020, 2100);

impl Authority {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "The proxy that reads along");
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

    /// TLS in front of this address, with a certificate for this name.
    pub(crate) async fn before(&self, to: SocketAddr, name: &str, (from, until): (i32, i32)) -> Peer {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "A service \u{1b}[31m");
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Peer::serving(move |socket| {
            let acceptor = acceptor.clone();
            async move {
                if let Ok(socket) = acceptor.accept(socket).await {
                    splice(socket, to).await;
                }
            }
        })
        .await
    }
}
