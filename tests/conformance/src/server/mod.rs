//! Servers that clients connect to: the sandbox, and others with faults that the sandbox does not have.

mod raw;
mod sessions;
mod tls;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use renumerate_sandbox::Sandbox;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::scenario::{Scenario, ServerKind};
use sessions::FullBacklog;

/// A running server. It stops when it is dropped.
pub(crate) struct Server {
    pub(crate) base_url: String,
    pub(crate) proxy: Option<String>,
    pub(crate) ca_bundle: Option<PathBuf>,
    /// Plays the test case, and records the requests. With another server, it receives no request.
    pub(crate) sandbox: Sandbox,
    tasks: Vec<JoinHandle<()>>,
    full: Vec<FullBacklog>,
}

impl Drop for Server {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Server {
    /// Starts the server of a scenario. Files for the client are written to `files`.
    pub(crate) async fn start(scenario: &Scenario, files: &Path) -> Result<Self, String> {
        let sandbox = Sandbox::builder().cases([scenario.case.clone()]).start();
        let sandbox = sandbox.await.map_err(|error| format!("cannot start the sandbox: {error}"))?;
        let mut server = Self {
            base_url: sandbox.url().to_owned(),
            proxy: None,
            ca_bundle: None,
            sandbox,
            tasks: Vec::new(),
            full: Vec::new(),
        };
        server.prepare(scenario, files).await.map_err(|error| format!("cannot start the server: {error}"))?;
        Ok(server)
    }

    async fn prepare(&mut self, scenario: &Scenario, files: &Path) -> std::io::Result<()> {
        match &scenario.server {
            ServerKind::Sandbox => {}
            ServerKind::FullBacklog => {
                let full = FullBacklog::new(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
                self.base_url = format!("http://{}", full.address);
                self.full.push(full);
            }
            ServerKind::Sessions(server) => {
                let (server, body) = (server.clone(), scenario.session_body());
                let (host, dead_addresses) = (server.host.clone(), server.dead_addresses);
                self.serve("http", |listener| sessions::serve(listener, server, body)).await?;
                let mut url = Url::parse(&self.base_url).map_err(std::io::Error::other)?;
                self.full = FullBacklog::beside(url.port().unwrap_or_default(), dead_addresses).await?;
                if let Some(host) = host {
                    url.set_host(Some(&host)).map_err(std::io::Error::other)?;
                    url.as_str().trim_end_matches('/').clone_into(&mut self.base_url);
                }
            }
            ServerKind::Raw { begins, forever, pause_ms } => {
                let response = raw::Response::new(begins, forever.as_deref(), *pause_ms);
                self.serve("http", |listener| raw::serve(listener, response)).await?;
            }
            ServerKind::GzipBomb { megabytes } => {
                let megabytes = *megabytes;
                let bomb = tokio::task::spawn_blocking(move || raw::gzip_bomb(megabytes)).await??;
                let response = raw::Response::bytes(bomb);
                self.serve("http", |listener| raw::serve(listener, response)).await?;
            }
            ServerKind::Proxy { response } => {
                let response = raw::Response::new(response, None, 0);
                self.serve("http", |listener| raw::serve(listener, response)).await?;
                let proxy = std::mem::replace(&mut self.base_url, "https://service.example".to_owned());
                self.proxy = Some(proxy);
            }
            ServerKind::TlsAlert { alert } => {
                // A record of TLS 1.2 that contains a fatal alert.
                let response = raw::Response::bytes(vec![21, 3, 3, 0, 2, 2, *alert]);
                self.serve("https", |listener| raw::serve(listener, response)).await?;
            }
            ServerKind::Tls { certificate } => {
                let (acceptor, ca_bundle) = tls::make(*certificate, files)?;
                self.ca_bundle = Some(ca_bundle);
                let body = scenario.session_body();
                self.serve("https", |listener| tls::serve(listener, acceptor, body)).await?;
            }
        }
        Ok(())
    }

    /// Listens on a free port, and changes the base URL to it.
    async fn serve<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        scheme: &str,
        serving: impl FnOnce(TcpListener) -> F,
    ) -> std::io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        // The certificates are for this name.
        let host = if scheme == "https" { "localhost" } else { "127.0.0.1" };
        self.base_url = format!("{scheme}://{host}:{}", listener.local_addr()?.port());
        self.tasks.push(tokio::spawn(serving(listener)));
        Ok(())
    }
}
