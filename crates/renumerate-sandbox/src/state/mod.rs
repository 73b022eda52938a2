//! Shared state: the settings of a sandbox, and the store of everything that the sandbox received and created.

mod bounded_store;
mod counts;
mod extension;
mod nonce_store;
mod request_log;
#[cfg(feature = "widgets")]
mod session_flows;
mod session_store;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use axum::response::Response;
use tokio::sync::Semaphore;

use crate::case::file::CASE_FILE_MAX_BYTES;
use crate::contract::{BODY_MAX_BYTES, Endpoint, SessionRequest};
use crate::domain::Seed;
use crate::net::{BodyBudget, ConnectionTable};
use crate::redact::fingerprint;
use crate::script::{Chaos, ScriptStore};

#[cfg(feature = "widgets")]
pub(crate) use bounded_store::{BoundedStore, Size};
pub use counts::{ConnectionCounts, Counts};
pub(crate) use extension::{Extension, ExtensionOptions, WidgetsAddress};
use nonce_store::NonceStore;
pub use request_log::Record;
pub(crate) use request_log::RequestLog;
pub use session_store::SessionRecord;
pub(crate) use session_store::SessionStore;

/// Maximum number of request bodies above 2 KiB that are read at a time. Together, these bodies need at most 8 MiB.
const LARGE_BODIES: usize = 128;

/// Time for which a session id opens a widget, unless the widgets have another setting.
pub(crate) const SESSION_LIFETIME: Duration = Duration::from_secs(3600);

/// Maximum number of case files that are read at a time.
const CASE_FILES: usize = 4;

/// Settings of a sandbox.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) url: String,
    pub(crate) bind_address: IpAddr,
    /// Accepted private keys. The first key is the sandbox's own; further keys are from the seed.
    pub(crate) keys: Vec<String>,
    /// Public key that handshake tokens must contain.
    pub(crate) public_key: String,
    /// Additional origins whose pages may use the paths below `/_sandbox/`. Origins of this machine always may.
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) seed: Option<Seed>,
    pub(crate) client_timeout: Duration,
}

/// Settings and state of a sandbox.
#[derive(Debug)]
pub(crate) struct AppState {
    pub(crate) settings: Settings,
    started: Instant,
    pub(crate) request_bodies: BodyBudget,
    pub(crate) case_files: BodyBudget,
    /// Semaphore with one permit, with which the sandbox parses one case file at a time.
    pub(crate) case_file_parser: Arc<Semaphore>,
    extensions: Vec<Arc<dyn Extension>>,
    store: Mutex<Store>,
}

/// Everything that a sandbox received and created.
#[derive(Debug, Default)]
pub(crate) struct Store {
    requests: RequestLog,
    sessions: SessionStore,
    nonces: NonceStore,
    pub(crate) scripts: ScriptStore,
    pub(crate) chaos: Option<Chaos>,
    pub(crate) connections: ConnectionTable,
    /// Optional parts of the sandbox, which are notified of changes.
    extensions: Vec<Arc<dyn Extension>>,
}

impl AppState {
    pub(crate) fn new(
        settings: Settings,
        scripts: ScriptStore,
        chaos: Option<Chaos>,
        extensions: Vec<Arc<dyn Extension>>,
    ) -> Arc<Self> {
        let store = Store { scripts, chaos, extensions: extensions.clone(), ..Store::default() };
        Arc::new(Self {
            settings,
            started: Instant::now(),
            request_bodies: BodyBudget::new(BODY_MAX_BYTES, LARGE_BODIES),
            case_files: BodyBudget::new(CASE_FILE_MAX_BYTES, CASE_FILES),
            case_file_parser: Arc::new(Semaphore::new(1)),
            extensions,
            store: Mutex::new(store),
        })
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        // If a caller panics while it holds the lock, the sandbox continues to work.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn extensions(&self) -> &[Arc<dyn Extension>] {
        &self.extensions
    }

    /// Returns the address of the widgets, if they are served.
    pub(crate) fn widgets(&self) -> Option<&WidgetsAddress> {
        self.extensions.iter().find_map(|extension| extension.widgets())
    }

    /// Time for which a session id opens a widget.
    pub(crate) fn session_lifetime(&self) -> Duration {
        self.widgets().map_or(SESSION_LIFETIME, |widgets| widgets.session_lifetime)
    }

    /// Time since the sandbox started, in milliseconds.
    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether an extension records the responses.
    pub(crate) fn captures_responses(&self) -> bool {
        self.extensions.iter().any(|extension| extension.captures_responses())
    }

    /// Lets the extensions record a response, and returns the response to send.
    pub(crate) fn capture(&self, number: usize, key: Option<&HeaderValue>, response: Response) -> Response {
        self.extensions.iter().fold(response, |response, extension| extension.capture(number, key, response))
    }
}

impl Store {
    pub(crate) fn requests(&self) -> &RequestLog {
        &self.requests
    }

    pub(crate) fn sessions(&self) -> &SessionStore {
        &self.sessions
    }

    pub(crate) fn counts(&self) -> Counts {
        let faults = self.chaos.iter().flat_map(Chaos::counts);
        Counts {
            requests: self.requests.received(),
            sessions: self.sessions.minted(),
            faults: faults.map(|(name, count)| (name.to_owned(), count)).collect(),
            connections: ConnectionCounts {
                accepted: self.connections.accepted(),
                open: self.connections.open() as u64,
            },
        }
    }

    /// Adds a request to the log, and returns its number.
    pub(crate) fn add_request(&mut self, record: Record) -> usize {
        let number = self.requests.push(record);
        self.request_changed(number);
        number
    }

    /// Records which case defined the response to a request, and how the request differs from what the case expects.
    pub(crate) fn set_case(&mut self, number: usize, case: &str, problem: Option<&str>) {
        self.requests.set_case(number, case, problem);
        self.request_changed(number);
    }

    /// Records the status of the response to a request.
    pub(crate) fn set_status(&mut self, number: usize, status: u16) {
        self.requests.set_status(number, status);
        self.request_changed(number);
    }

    fn request_changed(&self, number: usize) {
        self.extensions.iter().for_each(|extension| extension.request_changed(number));
    }

    /// Creates a session, and returns its id.
    pub(crate) fn mint(&mut self, request: MintRequest, at_ms: u64) -> Result<Arc<str>, getrandom::Error> {
        let MintRequest { endpoint, request, key } = request;
        let id = self.sessions.mint(endpoint, request, key, at_ms)?;
        self.session_changed(&id);
        Ok(id)
    }

    /// Records that the token with this nonce was used. Returns `false` if it was used earlier.
    pub(crate) fn use_nonce(&mut self, nonce: &str) -> bool {
        self.nonces.insert(nonce)
    }

    /// Returns whether a token with this nonce was used.
    #[cfg(feature = "widgets")]
    pub(crate) fn is_nonce_used(&self, nonce: &str) -> bool {
        self.nonces.contains(nonce)
    }

    /// Changes a session, unless it was evicted.
    #[cfg(feature = "widgets")]
    pub(crate) fn update_session<T>(
        &mut self,
        id: &str,
        update: impl FnOnce(&mut SessionRecord) -> T,
    ) -> Option<T> {
        self.sessions.update(id, update)
    }

    pub(crate) fn session_changed(&self, id: &Arc<str>) {
        self.extensions.iter().for_each(|extension| extension.session_changed(id));
    }

    /// Returns the requests with this key, or all requests if `key` is `None`.
    pub(crate) fn records(&self, key: Option<&str>) -> Vec<Record> {
        let key = key.map(fingerprint);
        let records = self.requests.iter_from(0).filter(|(_, record)| record.has_key(key.as_deref()));
        records.map(|(_, record)| self.with_connection_state(record)).collect()
    }

    /// Returns a copy of a record, with the current state of the request's connection.
    pub(crate) fn with_connection_state(&self, record: &Record) -> Record {
        Record { closed: !self.connections.is_open(record.connection), ..record.clone() }
    }

    pub(crate) fn reset(&mut self) {
        self.requests.clear();
        self.sessions = SessionStore::default();
        self.nonces = NonceStore::default();
        self.scripts.restart();
        self.chaos.iter_mut().for_each(Chaos::restart);
        self.connections.reset_count();
        self.extensions.iter().for_each(|extension| extension.reset());
    }
}

/// Valid request for a session.
#[derive(Clone, Debug)]
pub(crate) struct MintRequest {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) request: SessionRequest,
    /// Fingerprint of the private key, or of the key that signed the handshake token.
    pub(crate) key: String,
}
