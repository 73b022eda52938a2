//! TLS servers with good certificates and bad ones.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::{DEFAULT_VERSIONS, ServerConfig};

use crate::fault::Certificate;

/// What a server speaks TLS with, if it does, and the file of the authority that its client is to trust.
pub(crate) fn make(kind: Certificate, folder: &Path) -> io::Result<(Option<TlsAcceptor>, PathBuf)> {
    let trusted = authority("The authority that is trusted")?;
    let file = folder.join("authority.pem");
    std::fs::write(&file, trusted.pem())?;
    let unknown = authority("The authority that nobody knows")?;
    let issuer = if kind == Certificate::UnknownIssuer { &unknown } else { &trusted };
    let name = if kind == Certificate::OtherName { "other.example" } else { "localhost" };
    let mut params = CertificateParams::new([name.to_owned()]).map_err(io::Error::other)?;
    if kind == Certificate::Expired {
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    }
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let certificate = params.signed_by(&key, issuer).map_err(io::Error::other)?;
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

/// Answers every request with the session; what speaks no TLS here is a client of another server.
pub(crate) async fn serve(listener: TcpListener, acceptor: Option<TlsAcceptor>, session: String) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, session) = (acceptor.clone(), session.clone());
        connections.spawn(async move {
            let _the_client_may_be_gone = match acceptor {
                Some(acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => answer(stream, &session).await,
                    Err(error) => Err(error),
                },
                None => answer(stream, &session).await,
            };
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, session: &str) -> io::Result<()> {
    let body = format!("{{\"id\":\"{session}\"}}");
    let mut read = vec![0; 16 * 1024];
    while stream.read(&mut read).await? > 0 {
        // A request is small and comes at once; one that comes in pieces is answered once too often, and closed.
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes()).await?;
        stream.flush().await?;
    }
    Ok(())
}
