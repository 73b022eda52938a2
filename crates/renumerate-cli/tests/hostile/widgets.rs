//! The same over HTTPS, where the widgets are: each connection costs more there.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::server::Server;
use crate::wire::many;

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

/// A connection, as far as the server lets it come: to make room it closes others.
async fn connect(server: &Server, connector: &TlsConnector) -> Option<TlsStream<TcpStream>> {
    let socket = TcpStream::connect(server.widgets.as_ref()?.0).await.ok()?;
    connector.connect(ServerName::try_from("localhost").unwrap(), socket).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn widgets_take_no_more_than_the_rest() {
    let server = Server::start_with("--widgets --widgets-port 0").await;
    let connector = connector(&server);
    let form = "x".repeat(60 * 1024);
    let head = "POST /retention/keep HTTP/1.1\r\nhost: localhost\r\n\
                content-type: application/x-www-form-urlencoded\r\ncontent-length: 65000\r\n\r\n";
    let hostile = async |n: usize| {
        if n.is_multiple_of(4) {
            // Not even a handshake.
            return (TcpStream::connect(server.widgets.as_ref().unwrap().0).await.ok(), None);
        }
        let mut stream = connect(&server, &connector).await;
        if let Some(stream) = &mut stream {
            // A form without its end, or nothing at all.
            let begun = [head, &form].concat();
            let _it_may_be_closed = stream.write_all(if n % 4 == 1 { b"" } else { begun.as_bytes() }).await;
            let _it_may_be_closed = stream.flush().await;
        }
        (None, stream)
    };
    let clients = server.while_others_are_answered(many(2_000, hostile)).await;
    crate::wait_until_open(&server, 300).await;
    // Somebody of good will comes in among them.
    let mut stream = connect(&server, &connector).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    drop(clients);
}
