//! The settings of a sandbox, and its start.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use crate::case::{Case, CaseFile};
use crate::chaos::{self, Chaos};
use crate::contract::BODY_MAX_BYTES;
use crate::intake::Intake;
use crate::router::{CASE_FILE_MAX_BYTES, Memory, Shared};
use crate::sandbox::{DEFAULT_KEY, Sandbox, SandboxError};
use crate::seed::Seed;
use crate::server::{listen, serve};
use crate::step::Script;
#[cfg(feature = "widgets")]
use crate::widgets::{self, book::Book};
#[cfg(feature = "widgets")]
use crate::workbench::{Changes, Workbench};

/// How long clients may take, unless the builder says otherwise.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a session id opens a widget, unless the builder says otherwise.
#[cfg(feature = "widgets")]
const SESSION_LIFETIME: Duration = Duration::from_secs(3600);

/// How many bodies that are not small are read at a time: 8 MiB at most.
const BODIES_AT_ONCE: usize = 128;

/// How many case files are read at a time.
const CASE_FILES_AT_ONCE: usize = 4;

/// The scripts of the customers that are documented on the crate's first page.
const MAGIC_CUSTOMERS: &str = include_str!("../cases/magic-customers.json");

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
    #[cfg(feature = "widgets")]
    widgets: Option<widgets::Widgets>,
    #[cfg(feature = "widgets")]
    session_lifetime: Option<Duration>,
    #[cfg(feature = "widgets")]
    workbench: bool,
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

    /// Serves the widgets too, the pages that session ids open in a browser. Default: not.
    ///
    /// ```
    /// use renumerate_sandbox::{Sandbox, Widgets};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = std::env::temp_dir().join(format!("renumerate-widgets-doc-{}", std::process::id()));
    /// // The vendor's library looks for them on port 4321 (`WIDGETS_PORT`); a page of a test's own takes any.
    /// let widgets = Widgets { port: 0, ca_dir: folder.clone() };
    /// let sandbox = Sandbox::builder().widgets(widgets).start().await?;
    /// if let (Some(url), Some(ca)) = (sandbox.widgets_url(), sandbox.ca_certificate()) {
    ///     println!("let the browser trust {}, and open {url}/retention?session_id=ret_…", ca.display());
    /// }
    /// # std::fs::remove_dir_all(folder)?;
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "widgets")]
    #[must_use]
    pub fn widgets(mut self, widgets: widgets::Widgets) -> Self {
        self.widgets = Some(widgets);
        self
    }

    /// How long a session id opens a widget. Default: an hour. The vendor documents no lifetime; it says that an id is made
    /// when the customer clicks.
    #[cfg(feature = "widgets")]
    #[must_use]
    pub fn session_lifetime(mut self, lifetime: Duration) -> Self {
        self.session_lifetime = Some(lifetime);
        self
    }

    /// Shows itself to people, at `/`: what it is, what came, and a form for sessions. It answers under a name or an
    /// address of this machine alone, and tells what came to those alone who ask from this machine. It has the sandbox's
    /// key on it where the sandbox listens on a loopback address; where others could read it too ([`Self::host`]), the form
    /// asks for the key. Default: no.
    #[cfg(feature = "widgets")]
    #[must_use]
    pub fn workbench(mut self, workbench: bool) -> Self {
        self.workbench = workbench;
        self
    }

    /// Reads the files and starts the sandbox on the tokio runtime of the caller.
    ///
    /// # Errors
    ///
    /// Where a file cannot be read or is not of the form, the probability of chaos is none, or the address is not to
    /// be had. With the widgets also where their port is not to be had, or their certificate authority cannot be read or
    /// made in its folder.
    #[expect(clippy::unused_async, reason = "it needs a runtime, and may have to wait one day")]
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let wanted = SocketAddr::new(self.listens_on(), self.port);
        let unavailable =
            |error: std::io::Error| SandboxError::new(format!("{wanted} is not to be had: {error}"));
        let listener = listen(wanted).map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        #[cfg(feature = "widgets")]
        let place = self.widgets.as_ref().map(widgets::Place::take).transpose()?;
        let shared = self.shared(format!("http://{address}"))?;
        #[cfg(feature = "widgets")]
        if let (Some(workbench), Some(place)) = (&shared.workbench, &place) {
            workbench.widgets_are_at(place.url.clone(), place.ca.clone());
        }
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Sandbox {
            #[cfg(feature = "widgets")]
            served: place.map(|place| place.serve(&shared)),
            shared,
            address,
            task,
        })
    }

    fn listens_on(&self) -> IpAddr {
        self.host.unwrap_or(Ipv4Addr::LOCALHOST.into())
    }

    /// What the sandbox is and remembers at its start, with the files read.
    pub(crate) fn shared(self, url: String) -> Result<Arc<Shared>, SandboxError> {
        let listens_on = self.listens_on();
        let chaos = self.chaos.map(Chaos::new).transpose()?;
        let mut memory = Memory { chaos, ..Memory::default() };
        #[cfg(feature = "widgets")]
        let workbench = self.workbench.then(Workbench::default);
        #[cfg(feature = "widgets")]
        if workbench.is_some() {
            memory.changes = Some(Changes::default());
        }
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
        #[cfg(feature = "widgets")]
        {
            memory.book = Book::new(seed.as_ref(), widgets::Day::today())?;
        }
        let mut keys = vec![self.private_key.unwrap_or_else(|| DEFAULT_KEY.to_owned())];
        keys.extend(seed.iter().flat_map(|seed| seed.keys.clone()));
        Ok(Arc::new(Shared {
            url,
            listens_on,
            keys,
            seed,
            started: Instant::now(),
            client_timeout: self.client_timeout.unwrap_or(CLIENT_TIMEOUT),
            #[cfg(feature = "widgets")]
            session_lifetime: self.session_lifetime.unwrap_or(SESSION_LIFETIME),
            bodies: Intake::new(BODY_MAX_BYTES, BODIES_AT_ONCE),
            case_files: Intake::new(CASE_FILE_MAX_BYTES, CASE_FILES_AT_ONCE),
            case_file_turn: Arc::new(Semaphore::new(1)),
            #[cfg(feature = "widgets")]
            workbench,
            memory: Mutex::new(memory),
        }))
    }
}
