//! Somebody at a browser, who trusts the sandbox's authority.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use renumerate_sandbox::{Sandbox, SandboxBuilder, Widgets};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A sandbox with widgets, whose authority is gone with it.
pub(crate) struct Served {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: Folder,
}

/// A folder of a test's own.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("renumerate-widgets-{}-{number}", std::process::id())))
    }

    pub(crate) fn widgets(&self) -> Widgets {
        Widgets::new(&self.0).port(0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _it_may_not_be_there = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) async fn serve(builder: SandboxBuilder) -> Served {
    serve_widgets(builder, |widgets| widgets).await
}

/// Serves the widgets with other settings.
pub(crate) async fn serve_widgets(
    builder: SandboxBuilder,
    change: impl FnOnce(Widgets) -> Widgets,
) -> Served {
    let folder = Folder::new();
    let sandbox = builder.widgets(change(folder.widgets())).start().await.unwrap();
    Served { sandbox, folder }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) text: String,
}

impl Page {
    /// The message that the page sends when it is loaded.
    pub(crate) fn message(&self) -> Option<&str> {
        self.text.split_once("data-message=\"")?.1.split_once('"').map(|(message, _)| message)
    }

    pub(crate) fn heading(&self) -> &str {
        let heading = self.text.split_once("<h1").unwrap().1.split_once('>').unwrap().1;
        heading.split_once("</h1>").unwrap().0
    }
}

pub(crate) async fn connect(url: &str, ca: &Path) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let socket = TcpStream::connect(url.strip_prefix("https://").unwrap()).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), socket).await
}

impl Served {
    pub(crate) fn url(&self) -> &str {
        self.sandbox.widgets_url().unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")).await
    }

    /// Sends a form.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = String::new();
        for (name, value) in fields {
            write!(form, "&{name}=").unwrap();
            value.bytes().for_each(|byte| write!(form, "%{byte:02X}").unwrap());
        }
        self.post_text(path, form.trim_start_matches('&')).await
    }

    pub(crate) async fn post_text(&self, path: &str, form: &str) -> Page {
        let head = "host: localhost\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded";
        let length = form.len();
        self.send(&format!("POST {path} HTTP/1.1\r\n{head}\r\ncontent-length: {length}\r\n\r\n{form}")).await
    }

    async fn send(&self, request: &str) -> Page {
        let mut socket = connect(self.url(), self.sandbox.ca_certificate().unwrap()).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _without_a_farewell = socket.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Page { status, head: head.to_owned(), text: text.to_owned() }
    }

    /// A session's id, minted as a backend does it.
    pub(crate) async fn mint(&self, kind: &str, who: Value) -> String {
        let mut body = json!({});
        body[kind] = who;
        let key = self.sandbox.private_key();
        let (_, answer) = self.call("POST", &format!("/v1/{kind}/session"), key, &body.to_string()).await;
        answer["id"].as_str().unwrap().to_owned()
    }

    /// What the sandbox tells on a path of its own.
    pub(crate) async fn ask(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, "none", "").await
    }

    async fn call(&self, method: &str, path: &str, key: &str, body: &str) -> (u16, Value) {
        let head = "host: x\r\nconnection: close\r\ncontent-type: application/json";
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{head}\r\nx-brand-key: {key}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let mut socket = TcpStream::connect(self.sandbox.address()).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_default())
    }
}
