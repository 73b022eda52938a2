//! The other side of a call: who answers, and how badly.

mod certificates;
mod raw;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use renumerate_sandbox::{Case, Record, Sandbox};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use crate::fault::{Fault, StageKind};
use crate::planted::Planted;

/// A stage that is set. Dropped, it ends.
pub(crate) struct Stage {
    pub(crate) base_url: String,
    pub(crate) proxy: Option<String>,
    pub(crate) ca_bundle: Option<PathBuf>,
    elsewhere: Elsewhere,
    sandbox: Arc<Sandbox>,
    served: Vec<JoinHandle<()>>,
    /// Connections that wait in a queue for ever.
    waiting: Vec<TcpStream>,
}

/// A server that nobody may reach, since the key would come with the request.
struct Elsewhere {
    url: String,
    reached: Arc<AtomicUsize>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        for task in &self.served {
            task.abort();
        }
    }
}

impl Stage {
    /// Sets the stage of a fault.
    pub(crate) async fn set(
        fault: &Fault,
        planted: &Planted,
        sandbox: &Arc<Sandbox>,
        folder: &Path,
    ) -> std::io::Result<Self> {
        let (elsewhere, guard) = Elsewhere::start().await?;
        let mut stage = Self {
            base_url: sandbox.url().to_owned(),
            proxy: None,
            ca_bundle: None,
            elsewhere,
            sandbox: Arc::clone(sandbox),
            served: vec![guard],
            waiting: Vec::new(),
        };
        match &fault.stage {
            StageKind::Nobody => stage.base_url = format!("http://{}", free_port().await?),
            StageKind::UnknownHost => stage.base_url = format!("http://{}.invalid", "a".repeat(64)),
            StageKind::FullBacklog => stage.full_backlog().await?,
            StageKind::Script { .. } => {
                let text = planted.fill(&serde_json::to_string(&script(fault))?, &stage.elsewhere.url);
                sandbox.add_cases([serde_json::from_str(&text)?]);
            }
            StageKind::Raw { begins, forever, pause_ms } => {
                let what = raw::Written::new(begins, forever.as_deref(), *pause_ms);
                stage.serve("http", |listener| raw::serve(listener, what)).await?;
            }
            StageKind::GzipBomb { megabytes } => {
                let (megabytes, session) = (*megabytes, planted.session.clone());
                let bomb = tokio::task::spawn_blocking(move || raw::gzip_bomb(megabytes, &session)).await??;
                let what = raw::Written::bytes(bomb);
                stage.serve("http", |listener| raw::serve(listener, what)).await?;
            }
            StageKind::Proxy { answers } => {
                let what = raw::Written::new(answers, None, 0);
                stage.serve("http", |listener| raw::serve(listener, what)).await?;
                stage.proxy =
                    Some(std::mem::replace(&mut stage.base_url, "https://made-up.example".to_owned()));
            }
            StageKind::Tls { certificate } => {
                let (acceptor, ca_bundle) = certificates::make(*certificate, folder)?;
                stage.ca_bundle = Some(ca_bundle);
                let session = planted.session.clone();
                stage.serve("https", |listener| certificates::serve(listener, acceptor, session)).await?;
            }
        }
        Ok(stage)
    }

    /// Listens on a port of its own, at which the base URL then points.
    async fn serve<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        scheme: &str,
        serving: impl FnOnce(TcpListener) -> F,
    ) -> std::io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        // TLS asks for a name.
        let host = if scheme == "https" { "localhost" } else { "127.0.0.1" };
        self.base_url = format!("{scheme}://{host}:{}", listener.local_addr()?.port());
        self.served.push(tokio::spawn(serving(listener)));
        Ok(())
    }

    /// A listener whose queue has room for two, with more than two in it.
    async fn full_backlog(&mut self) -> std::io::Result<()> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let listener = socket.listen(1)?;
        let address = listener.local_addr()?;
        for _ in 0..8 {
            let connecting =
                tokio::time::timeout(std::time::Duration::from_millis(250), TcpStream::connect(address));
            if let Ok(Ok(stream)) = connecting.await {
                self.waiting.push(stream);
            }
        }
        self.base_url = format!("http://{address}");
        self.served.push(tokio::spawn(async move {
            let _never_accepted = listener;
            std::future::pending::<()>().await;
        }));
        Ok(())
    }

    /// The requests that came with this key.
    pub(crate) fn requests(&self, key: &str) -> Vec<Record> {
        self.sandbox.requests_of(key)
    }

    /// How often somebody came where nobody may.
    pub(crate) fn elsewhere_reached(&self) -> usize {
        self.elsewhere.reached.load(Ordering::Relaxed)
    }
}

impl Elsewhere {
    async fn start() -> std::io::Result<(Self, JoinHandle<()>)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let reached = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&reached);
        let task = tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok((Self { url, reached }, task))
    }
}

fn script(fault: &Fault) -> Case {
    let exchanges = match &fault.stage {
        StageKind::Script { exchanges } => exchanges.clone(),
        _ => Vec::new(),
    };
    Case { name: fault.name.clone(), exchanges, ..Case::default() }
}

async fn free_port() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0").await?.local_addr()
}
