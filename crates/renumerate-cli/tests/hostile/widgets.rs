//! Hostile clients of the widgets. Their HTTPS connections need more memory than HTTP connections.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::raw_http::repeat;
use crate::server::Server;

fn connector(server: &Server) -> TlsConnector {
    let (_, ca) = server.widgets.as_ref().unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Opens a TLS connection. Returns `None` if the server closes it, as it may at its connection limit.
async fn connect(server: &Server, connector: &TlsConnector) -> Option<TlsStream<TcpStream>> {
    let socket = TcpStream::connect(server.widgets.as_ref()?.0).await.ok()?;
    connector.connect(ServerName::try_from("localhost").unwrap(), socket).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_https_clients_stay_within_the_memory_limit() {
    let server = Server::start_with("--widgets --widgets-port 0").await;
    let connector = connector(&server);
    let form = "x".repeat(60 * 1024);
    let head = "POST /retention/keep HTTP/1.1\r\nhost: localhost\r\n\
                content-type: application/x-www-form-urlencoded\r\ncontent-length: 65000\r\n\r\n";
    let connect_hostile = async |n: usize| {
        if n.is_multiple_of(4) {
            // No TLS handshake.
            return (TcpStream::connect(server.widgets.as_ref().unwrap().0).await.ok(), None);
        }
        let mut stream = connect(&server, &connector).await;
        if let Some(stream) = &mut stream {
            // No request, or an incomplete form.
            let incomplete = [head, &form].concat();
            let bytes: &[u8] = if n % 4 == 1 { b"" } else { incomplete.as_bytes() };
            let _may_be_closed = stream.write_all(bytes).await;
            let _may_be_closed = stream.flush().await;
        }
        (None, stream)
    };
    let clients = server.run_with_bystander(repeat(2_000, connect_hostile)).await;
    crate::wait_for_open_connections(&server, 300).await;
    // A well-behaved client is still served.
    let mut stream = connect(&server, &connector).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut status_line = [0; 12];
    stream.read_exact(&mut status_line).await.unwrap();
    assert_eq!(&status_line, b"HTTP/1.1 200");
    drop(clients);
}
