//! Handle of a running sandbox.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::case::Case;
use crate::script::Script;
use crate::state::{AppState, Counts, Record, SessionRecord};

/// Default private key of a sandbox. The key is valid for sandboxes only.
pub const DEFAULT_KEY: &str = "sk_sandbox_local";

/// Default public key of a sandbox, for handshake tokens. The key is valid for sandboxes only.
pub const DEFAULT_PUBLIC_KEY: &str = "pk_sandbox_local";

/// Running sandbox. When this value is dropped, the sandbox stops and its connections are closed.
#[derive(Debug)]
pub struct Sandbox {
    pub(crate) state: Arc<AppState>,
    pub(crate) address: SocketAddr,
    pub(crate) tasks: Vec<JoinHandle<()>>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Sandbox {
    /// URL of the sandbox, such as `http://127.0.0.1:49152`: the base URL for a client.
    pub fn url(&self) -> &str {
        &self.state.settings.url
    }

    /// Address on which the sandbox listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Private key that the sandbox accepts.
    pub fn private_key(&self) -> &str {
        self.state.settings.keys.first().map_or(DEFAULT_KEY, String::as_str)
    }

    /// Public key that handshake tokens for the sandbox must contain.
    pub fn public_key(&self) -> &str {
        &self.state.settings.public_key
    }

    /// Returns the received requests in order of arrival. The log keeps the latest 10,000 requests, up to 16 MiB.
    pub fn requests(&self) -> Vec<Record> {
        self.state.store().records(None)
    }

    /// Returns the received requests with this private key.
    pub fn requests_of(&self, key: &str) -> Vec<Record> {
        self.state.store().records(Some(key))
    }

    /// Returns the numbers of requests, sessions, random faults and connections. These numbers stay exact when the logs
    /// evict entries.
    pub fn counts(&self) -> Counts {
        self.state.store().counts()
    }

    /// Returns the session with this id; `None` if this sandbox did not create the session, or has evicted it. The
    /// latest 100,000 sessions are kept, up to 48 MiB.
    pub fn session(&self, id: &str) -> Option<SessionRecord> {
        self.state.store().sessions().get(id).cloned()
    }

    /// URL of the widgets, such as `https://localhost:4321`; `None` if the widgets are not served (feature `widgets`).
    pub fn widgets_url(&self) -> Option<&str> {
        self.state.widgets().map(|widgets| widgets.url.as_str())
    }

    /// Path of the certificate that a browser must trust to open the widgets without a warning; `None` if the widgets
    /// are not served.
    pub fn ca_certificate(&self) -> Option<&Path> {
        self.state.widgets().map(|widgets| widgets.ca.as_path())
    }

    /// Adds cases. A case replaces an existing case of the same name.
    pub fn add_cases(&self, cases: impl IntoIterator<Item = Case>) {
        let scripts: Vec<Script> = cases.into_iter().map(Script::new).collect();
        self.state.store().scripts.add(scripts);
    }

    /// Deletes the recorded requests, the sessions and the changes of customers. Counts start again at 0; scripts and
    /// random faults start again from the beginning.
    pub fn reset(&self) {
        self.state.store().reset();
    }
}
