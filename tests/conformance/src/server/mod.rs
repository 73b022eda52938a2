//! Servers that clients connect to: the sandbox, and others with faults that the sandbox does not have.

mod raw;
mod tls;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use renumerate_sandbox::Sandbox;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use crate::scenario::{Scenario, ServerKind};

/// A running server. It stops when it is dropped.
pub(crate) struct Server {
    pub(crate) base_url: String,
    pub(crate) proxy: Option<String>,
    pub(crate) ca_bundle: Option<PathBuf>,
    /// Plays the test case, and records the requests. With another server, it receives no request.
    pub(crate) sandbox: Sandbox,
    tasks: Vec<JoinHandle<()>>,
    /// Connections that fill the accept queue.
    queued: Vec<TcpStream>,
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
            queued: Vec::new(),
        };
        server.prepare(scenario, files).await.map_err(|error| format!("cannot start the server: {error}"))?;
        Ok(server)
    }

    async fn prepare(&mut self, scenario: &Scenario, files: &Path) -> std::io::Result<()> {
        match &scenario.server {
            ServerKind::Sandbox => {}
            ServerKind::FullBacklog => self.fill_backlog().await?,
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

    /// Fills the accept queue of a listener, which has a capacity of two.
    async fn fill_backlog(&mut self) -> std::io::Result<()> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let listener = socket.listen(1)?;
        let address = listener.local_addr()?;
        for _ in 0..8 {
            let connecting =
                tokio::time::timeout(std::time::Duration::from_millis(250), TcpStream::connect(address));
            if let Ok(Ok(stream)) = connecting.await {
                self.queued.push(stream);
            }
        }
        self.base_url = format!("http://{address}");
        self.tasks.push(tokio::spawn(async move {
            let _not_accepting = listener;
            std::future::pending::<()>().await;
        }));
        Ok(())
    }
}
