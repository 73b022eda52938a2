//! A sandbox that runs: what the process that has started it can see of it.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
#[cfg(feature = "widgets")]
use std::path::Path;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::builder::SandboxBuilder;
use crate::case::Case;
use crate::counts::Counts;
use crate::ledger::Record;
use crate::mint::SessionRecord;
use crate::router::Shared;
use crate::step::Script;
#[cfg(feature = "widgets")]
use crate::widgets;

/// The key that a sandbox takes unless it is told another. It opens nothing but sandboxes.
pub const DEFAULT_KEY: &str = "sk_sandbox_local";

/// A running sandbox; it stops, and closes its connections, when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
    pub(crate) task: JoinHandle<()>,
    #[cfg(feature = "widgets")]
    pub(crate) served: Option<widgets::Served>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback interface, on the tokio runtime of the caller.
    ///
    /// # Errors
    ///
    /// Where no port can be had.
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    /// Starts a sandbox with settings of your own.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// Where it listens, `http://127.0.0.1:49152`: the base URL for a client.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A key that it takes.
    pub fn private_key(&self) -> &str {
        self.shared.keys.first().map_or(DEFAULT_KEY, String::as_str)
    }

    /// Every request that came, in order. The latest 10,000 are remembered, and fewer where these are large: 16 MiB.
    pub fn requests(&self) -> Vec<Record> {
        self.shared.memory().records(None)
    }

    /// The requests that came with this key.
    pub fn requests_of(&self, key: &str) -> Vec<Record> {
        self.shared.memory().records(Some(key))
    }

    /// How many requests, sessions, faults of chaos and connections there were: exact, however many they are.
    pub fn counts(&self) -> Counts {
        self.shared.memory().counts()
    }

    /// What a session id stands for; `None` for one that was not minted here. The latest 100,000 are
    /// remembered, and fewer where their customers' ids are large: 48 MiB.
    pub fn session(&self, id: &str) -> Option<SessionRecord> {
        self.shared.memory().mint.find(id).cloned()
    }

    /// A customer by id or e-mail, as the widgets have left it; `None` for one that the seed does not have. Without a seed
    /// every customer exists, invented from the id in a stable way.
    #[cfg(feature = "widgets")]
    pub fn customer(&self, id_or_email: &str) -> Option<widgets::CustomerRecord> {
        self.shared.memory().book.find_by(id_or_email, widgets::Day::today())
    }

    /// Where the widgets are, `https://localhost:4321`, where the builder has asked for them.
    #[cfg(feature = "widgets")]
    pub fn widgets_url(&self) -> Option<&str> {
        self.served.as_ref().map(|served| served.url.as_str())
    }

    /// The certificate that browsers must trust to open the widgets without a warning.
    #[cfg(feature = "widgets")]
    pub fn ca_certificate(&self) -> Option<&Path> {
        self.served.as_ref().map(|served| served.ca.as_path())
    }

    /// Takes more cases; one of a known name takes the old one's place.
    pub fn add_cases(&self, cases: impl IntoIterator<Item = Case>) {
        let scripts: Vec<Script> = cases.into_iter().map(Script::from_value).collect();
        self.shared.memory().scripts.add(scripts);
    }

    /// Forgets requests, sessions, what became of customers and how far scripts have got; counts and chaos begin anew.
    pub fn reset(&self) {
        self.shared.reset();
    }
}

/// Why a sandbox could not start, or take a file.
#[derive(Debug)]
pub struct SandboxError(String);

impl SandboxError {
    pub(crate) fn new(reason: String) -> Self {
        Self(reason)
    }
}

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for SandboxError {}
