//! TLS servers with valid and invalid certificates.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::{DEFAULT_VERSIONS, ServerConfig};

use crate::scenario::Certificate;

/// Creates a certificate. Returns the TLS acceptor, if there is one, and the file of the certificate that the client
/// trusts.
pub(crate) fn make(kind: Certificate, folder: &Path) -> io::Result<(Option<TlsAcceptor>, PathBuf)> {
    use Certificate::{
        Expired, NoName, OtherName, SelfSigned, SelfSignedExpired, SelfSignedOtherName, UnknownIssuer,
    };
    let names = match kind {
        NoName => Vec::new(),
        OtherName | SelfSignedOtherName => vec!["other.example".to_owned()],
        _ => vec!["localhost".to_owned()],
    };
    let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
    if matches!(kind, Expired | SelfSignedExpired) {
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    }
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let (certificate, trusted) = if matches!(kind, SelfSigned | SelfSignedExpired | SelfSignedOtherName) {
        // `openssl req -x509` also makes a certificate that may sign others.
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).map_err(io::Error::other)?;
        let pem = certificate.pem();
        (certificate, pem)
    } else {
        let trusted = authority("Trusted test authority")?;
        let unknown = authority("Unknown test authority")?;
        let issuer = if kind == UnknownIssuer { &unknown } else { &trusted };
        (params.signed_by(&key, issuer).map_err(io::Error::other)?, trusted.pem())
    };
    let file = folder.join("authority.pem");
    std::fs::write(&file, trusted)?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(DEFAULT_VERSIONS)
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            key.serialize_der().try_into().map_err(io::Error::other)?,
        )
        .map_err(io::Error::other)?;
    let acceptor = (kind != Certificate::None).then(|| TlsAcceptor::from(Arc::new(config)));
    Ok((acceptor, file))
}

fn authority(name: &str) -> io::Result<CertifiedIssuer<'static, KeyPair>> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().map_err(io::Error::other)?;
    CertifiedIssuer::self_signed(params, key).map_err(io::Error::other)
}

/// Responds to every request with this body. Without an acceptor, it speaks plain HTTP.
pub(crate) async fn serve(listener: TcpListener, acceptor: Option<TlsAcceptor>, body: String) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, body) = (acceptor.clone(), body.clone());
        connections.spawn(async move {
            let _client_may_have_closed = match acceptor {
                Some(acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => respond(stream, &body).await,
                    Err(error) => Err(error),
                },
                None => respond(stream, &body).await,
            };
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn respond(mut stream: impl AsyncRead + AsyncWrite + Unpin, body: &str) -> io::Result<()> {
    let mut read = vec![0; 16 * 1024];
    while stream.read(&mut read).await? > 0 {
        // A small request arrives in one piece.
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + body).as_bytes()).await?;
        stream.flush().await?;
    }
    Ok(())
}
