//! Starting and stopping a sandbox, and looking into it from the same process.

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::case::{Case, CaseFile};
use crate::chaos::{self, Chaos};
use crate::contract::BODY_MAX_BYTES;
use crate::counts::Counts;
use crate::intake::Intake;
use crate::ledger::Record;
use crate::mint::SessionRecord;
use crate::router::{CASE_FILE_MAX_BYTES, Memory, Shared};
use crate::seed::Seed;
use crate::server::{listen, serve};
use crate::step::Script;

/// The key that a sandbox takes unless it is told another. It opens nothing but sandboxes.
pub const DEFAULT_KEY: &str = "sk_sandbox_local";

/// How long clients may take, unless the builder says otherwise.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(30);

/// How many bodies that are not small are read at a time: 8 MiB at most.
const BODIES_AT_ONCE: usize = 128;

/// How many case files are read at a time.
const CASE_FILES_AT_ONCE: usize = 4;

/// The scripts of the customers that are documented on the crate's first page.
const MAGIC_CUSTOMERS: &str = include_str!("../cases/magic-customers.json");

/// A running sandbox; it stops, and closes its connections, when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
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

    /// Takes more cases; one of a known name takes the old one's place.
    pub fn add_cases(&self, cases: impl IntoIterator<Item = Case>) {
        let scripts: Vec<Script> = cases.into_iter().map(Script::from_value).collect();
        self.shared.memory().scripts.add(scripts);
    }

    /// Forgets requests, sessions and how far scripts have got; counts and chaos begin anew.
    pub fn reset(&self) {
        self.shared.reset();
    }
}

/// The settings of a [`Sandbox`].
#[derive(Clone, Debug, Default)]
pub struct SandboxBuilder {
    host: Option<IpAddr>,
    port: u16,
    private_key: Option<String>,
    seed: Option<Seed>,
    seed_file: Option<PathBuf>,
    cases: Vec<Case>,
    cases_dir: Option<PathBuf>,
    chaos: Option<chaos::Setting>,
    client_timeout: Option<Duration>,
}

impl SandboxBuilder {
    /// The address to listen on. Default: 127.0.0.1, where nobody else can reach it.
    #[must_use]
    pub fn host(mut self, host: IpAddr) -> Self {
        self.host = Some(host);
        self
    }

    /// The port to listen on. Default: 0, which is any free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The key to take. Default: [`DEFAULT_KEY`].
    #[must_use]
    pub fn private_key(mut self, key: impl Into<String>) -> Self {
        self.private_key = Some(key.into());
        self
    }

    /// The customers that exist. Default: all.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = Some(seed);
        self
    }

    /// A file with the customers that exist: see [`Seed`].
    #[must_use]
    pub fn seed_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.seed_file = Some(file.into());
        self
    }

    /// Cases to play: for a key `sk_case_<name>.<nonce>`, or for the customer that they name.
    #[must_use]
    pub fn cases(mut self, cases: impl IntoIterator<Item = Case>) -> Self {
        self.cases.extend(cases);
        self
    }

    /// A folder of case files, `*.json`.
    #[must_use]
    pub fn cases_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cases_dir = Some(folder.into());
        self
    }

    /// Plays a random fault instead of a session, with a probability from 0 to 1: one of [`Fault`](crate::Fault), a
    /// 500, a 503 or a 429 without `Retry-After`, a 502 or a 200 of HTML, or JSON that breaks off. Scripted answers stay
    /// as they are. The same seed gives the same faults in the same sequence, over the requests in the order in which
    /// they come. [`Sandbox::counts`] tells how often each was played. Default: none.
    #[must_use]
    pub fn chaos(mut self, probability: f64, seed: u64) -> Self {
        self.chaos = Some(chaos::Setting { probability, seed });
        self
    }

    /// How long a client may take over a request that it has begun, and how long it may leave an answer unread, before its
    /// connection is closed. A connection without a request under way is kept. Default: 30 s.
    #[must_use]
    pub fn client_timeout(mut self, timeout: Duration) -> Self {
        self.client_timeout = Some(timeout);
        self
    }

    /// Reads the files and starts the sandbox on the tokio runtime of the caller.
    ///
    /// # Errors
    ///
    /// Where a file cannot be read or is not of the form, the probability of chaos is none, or the address is not to
    /// be had.
    #[expect(clippy::unused_async, reason = "it needs a runtime, and may have to wait one day")]
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let wanted = SocketAddr::new(self.host.unwrap_or(Ipv4Addr::LOCALHOST.into()), self.port);
        let unavailable =
            |error: std::io::Error| SandboxError::new(format!("{wanted} is not to be had: {error}"));
        let listener = listen(wanted).map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        let shared = self.shared(format!("http://{address}"))?;
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Sandbox { shared, address, task })
    }

    /// What the sandbox is and remembers at its start, with the files read.
    pub(crate) fn shared(self, url: String) -> Result<Arc<Shared>, SandboxError> {
        let chaos = self.chaos.map(Chaos::new).transpose()?;
        let mut memory = Memory { chaos, ..Memory::default() };
        memory.scripts.add(Script::read_file(MAGIC_CUSTOMERS)?);
        if let Some(folder) = &self.cases_dir {
            memory.scripts.add(CaseFile::read_dir(folder)?.into_iter().map(Script::from_value));
        }
        memory.scripts.add(self.cases.into_iter().map(Script::from_value));
        let seed = match (self.seed, &self.seed_file) {
            (Some(seed), _) => Some(seed),
            (None, Some(file)) => Some(Seed::read(file)?),
            (None, None) => None,
        };
        let mut keys = vec![self.private_key.unwrap_or_else(|| DEFAULT_KEY.to_owned())];
        keys.extend(seed.iter().flat_map(|seed| seed.keys.clone()));
        Ok(Arc::new(Shared {
            url,
            keys,
            seed,
            started: Instant::now(),
            client_timeout: self.client_timeout.unwrap_or(CLIENT_TIMEOUT),
            bodies: Intake::new(BODY_MAX_BYTES, BODIES_AT_ONCE),
            case_files: Intake::new(CASE_FILE_MAX_BYTES, CASE_FILES_AT_ONCE),
            case_file_turn: Arc::new(Semaphore::new(1)),
            memory: Mutex::new(memory),
        }))
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
