//! Sandboxes with widgets, and an HTTPS client that trusts their certificate authority.

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

use crate::token::token;

/// Sandbox with widgets. The folder of its certificate authority is deleted when it is dropped.
pub(crate) struct WidgetSandbox {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempFolder,
}

/// Temporary folder, which is deleted when it is dropped.
pub(crate) struct TempFolder(pub(crate) PathBuf);

impl TempFolder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("renumerate-widgets-{}-{number}", std::process::id())))
    }

    pub(crate) fn widgets(&self) -> Widgets {
        Widgets::new(&self.0).port(0)
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _may_be_missing = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) async fn start(builder: SandboxBuilder) -> WidgetSandbox {
    start_with(builder, |widgets| widgets).await
}

/// Starts a sandbox with changed settings of the widgets.
pub(crate) async fn start_with(
    builder: SandboxBuilder,
    change: impl FnOnce(Widgets) -> Widgets,
) -> WidgetSandbox {
    let folder = TempFolder::new();
    let sandbox = builder.widgets(change(folder.widgets())).start().await.unwrap();
    WidgetSandbox { sandbox, folder }
}

/// Response with a page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) text: String,
}

impl Page {
    /// Returns the type of the message that the page sends when it is loaded.
    pub(crate) fn message(&self) -> Option<&str> {
        self.text.split_once("data-message=\"")?.1.split_once('"').map(|(message, _)| message)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// Returns the names and values of the hidden fields of the page's form.
    pub(crate) fn hidden_fields(&self) -> Vec<(&str, &str)> {
        let fields = self.text.split("<input type=\"hidden\" name=\"").skip(1);
        fields
            .map(|field| {
                let (name, rest) = field.split_once("\" value=\"").unwrap();
                (name, rest.split_once('"').unwrap().0)
            })
            .collect()
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

impl WidgetSandbox {
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

    pub(crate) async fn send(&self, request: &str) -> Page {
        let mut socket = connect(self.url(), self.sandbox.ca_certificate().unwrap()).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        // The server may close the connection without a TLS close_notify.
        let _may_lack_close_notify = socket.read_to_end(&mut response).await;
        let response = String::from_utf8(response).unwrap();
        let (head, text) = response.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Page { status, head: head.to_owned(), text: text.to_owned() }
    }

    /// Exchanges a token at the origin of the widgets.
    pub(crate) async fn exchange(&self, token: &str) -> Page {
        let body = json!({ "handshakeToken": token }).to_string();
        let head = "host: localhost\r\norigin: http://localhost:3000\r\nconnection: close\r\ncontent-type: application/json";
        let length = body.len();
        let request =
            format!("POST /v1/session/exchange HTTP/1.1\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}");
        self.send(&request).await
    }

    /// Exchanges a new token for the customer, and returns the id of the session.
    pub(crate) async fn handshake_session(&self, customer: &str) -> String {
        let session: Value = serde_json::from_str(&self.exchange(&token(customer)).await.text).unwrap();
        session["session"]["sessionId"].as_str().unwrap().to_owned()
    }

    /// Creates a session, and returns its id.
    pub(crate) async fn create_session(&self, kind: &str, customer: Value) -> String {
        let mut body = json!({});
        body[kind] = customer;
        let key = self.sandbox.private_key();
        let (_, response) =
            call(&self.sandbox, "POST", &format!("/v1/{kind}/session"), key, &body.to_string()).await;
        response["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get_json(&self, path: &str) -> (u16, Value) {
        get_json(&self.sandbox, path).await
    }
}

/// Returns the status and the body of a path of the sandbox's API.
pub(crate) async fn get_json(sandbox: &Sandbox, path: &str) -> (u16, Value) {
    call(sandbox, "GET", path, "none", "").await
}

async fn call(sandbox: &Sandbox, method: &str, path: &str, key: &str, body: &str) -> (u16, Value) {
    let head = "host: x\r\nconnection: close\r\ncontent-type: application/json";
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\n{head}\r\nx-brand-key: {key}\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let mut socket = TcpStream::connect(sandbox.address()).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    socket.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}
