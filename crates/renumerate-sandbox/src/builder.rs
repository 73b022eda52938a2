//! Builder of a sandbox.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::case::{Case, CaseFile};
use crate::domain::Seed;
use crate::error::SandboxError;
use crate::router::router;
use crate::sandbox::{DEFAULT_KEY, DEFAULT_PUBLIC_KEY, Sandbox};
use crate::script::{Chaos, ChaosOptions, Script, ScriptStore};
use crate::server::{listen, serve};
use crate::state::{AppState, ExtensionOptions, Settings};

/// Default of [`SandboxBuilder::client_timeout`].
const CLIENT_TIMEOUT: Duration = Duration::from_secs(30);

/// Scripts of the magic customers. In every sandbox, requests for these customers get scripted responses. The
/// documentation of the crate lists the customers.
const MAGIC_CUSTOMERS: &str = include_str!("../cases/magic-customers.json");

/// Builder of a [`Sandbox`].
#[derive(Clone, Debug, Default)]
pub struct SandboxBuilder {
    host: Option<IpAddr>,
    port: u16,
    private_key: Option<String>,
    public_key: Option<String>,
    seed: Option<Seed>,
    seed_file: Option<PathBuf>,
    cases: Vec<Case>,
    cases_dir: Option<PathBuf>,
    chaos: Option<ChaosOptions>,
    client_timeout: Option<Duration>,
    allowed_origins: Vec<String>,
    standard: StandardExtensions,
    pub(crate) widgets: Option<Arc<dyn ExtensionOptions>>,
    pub(crate) dashboard: Option<Arc<dyn ExtensionOptions>>,
}

/// Extensions that every sandbox has. With the feature `widgets`, the module of the customers implements `Default`,
/// because the builder is below it.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "widgets"), derive(Default))]
pub(crate) struct StandardExtensions(pub(crate) Vec<Arc<dyn ExtensionOptions>>);

impl SandboxBuilder {
    /// Sets the address to listen on. Default: 127.0.0.1, which other machines cannot reach.
    #[must_use]
    pub fn host(mut self, host: IpAddr) -> Self {
        self.host = Some(host);
        self
    }

    /// Sets the port to listen on. Default: 0, which selects a free port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the private key that the sandbox accepts. Default: [`DEFAULT_KEY`].
    #[must_use]
    pub fn private_key(mut self, key: impl Into<String>) -> Self {
        self.private_key = Some(key.into());
        self
    }

    /// Sets the public key that handshake tokens must contain. Default: [`DEFAULT_PUBLIC_KEY`].
    #[must_use]
    pub fn public_key(mut self, key: impl Into<String>) -> Self {
        self.public_key = Some(key.into());
        self
    }

    /// Sets the customers that exist. Default: every customer exists.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets a file with the customers that exist, in the format of [`Seed`].
    #[must_use]
    pub fn seed_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.seed_file = Some(file.into());
        self
    }

    /// Adds cases. A case with a `when` condition responds to requests for the customer in that condition. Any other
    /// case responds to requests with the key `sk_case_<name>.<nonce>`.
    #[must_use]
    pub fn cases(mut self, cases: impl IntoIterator<Item = Case>) -> Self {
        self.cases.extend(cases);
        self
    }

    /// Sets a folder of case files, `*.json`.
    #[must_use]
    pub fn cases_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cases_dir = Some(folder.into());
        self
    }

    /// Makes the sandbox respond with a random fault instead of a session, with this `probability` from 0 to 1.
    ///
    /// A fault is a variant of [`Fault`](crate::Fault), or a response such as a 500, a 503, a 429 without
    /// `Retry-After`, HTML with status 502 or 200, or truncated JSON. Scripted responses are not affected. The same
    /// `seed` always produces the same sequence of faults for the requests in their order of arrival.
    /// [`Sandbox::counts`] returns how often each fault occurred. Default: no random faults.
    #[must_use]
    pub fn chaos(mut self, probability: f64, seed: u64) -> Self {
        self.chaos = Some(ChaosOptions { probability, seed });
        self
    }

    /// Sets how long a client may take to send a request that it has started, and to accept the bytes of a response.
    /// After this time, the client's connection is closed. Idle connections are kept. Default: 30 s.
    #[must_use]
    pub fn client_timeout(mut self, timeout: Duration) -> Self {
        self.client_timeout = Some(timeout);
        self
    }

    /// Allows pages of another origin, such as `http://shop.test:3000`, to use the sandbox's own paths and to embed the
    /// widgets.
    ///
    /// Browsers on any machine can then open the dashboard at this origin and see the requests. If the sandbox runs in
    /// a container, every client seems to be on another machine. So allow the origin of the published port.
    #[must_use]
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.allowed_origins.push(origin.into());
        self
    }

    /// Reads the seed and case files, and starts the sandbox on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`SandboxError`] if a file cannot be read or is invalid, if an allowed origin or the probability of faults is
    /// invalid, if the sandbox cannot listen on an address, or if the certificate authority of the widgets cannot be
    /// used.
    #[expect(clippy::unused_async, reason = "requires a runtime, and may wait in a later version")]
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let address = SocketAddr::new(self.bind_address(), self.port);
        let failed = |source| SandboxError::Listen { address, source };
        let listener = listen(address).map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => SandboxError::PortInUse { address },
            _ => failed(error),
        })?;
        let address = listener.local_addr().map_err(failed)?;
        let state = self.build_state(format!("http://{address}"))?;
        let mut tasks = vec![tokio::spawn(serve(listener, router(&state), Arc::clone(&state)))];
        tasks.extend(state.extensions().iter().flat_map(|extension| Arc::clone(extension).start(&state)));
        Ok(Sandbox { state, address, tasks })
    }

    fn bind_address(&self) -> IpAddr {
        self.host.unwrap_or(Ipv4Addr::LOCALHOST.into())
    }

    /// Reads the seed and case files, and creates the state of the sandbox.
    pub(crate) fn build_state(self, url: String) -> Result<Arc<AppState>, SandboxError> {
        let bind_address = self.bind_address();
        if let Some(origin) = self.allowed_origins.iter().find(|origin| !is_origin(origin)) {
            return Err(SandboxError::InvalidOrigin(origin.clone()));
        }
        let chaos = self.chaos.map(Chaos::new).transpose()?;
        let mut scripts = ScriptStore::default();
        scripts.add(Script::parse_file(MAGIC_CUSTOMERS)?);
        if let Some(folder) = &self.cases_dir {
            scripts.add(CaseFile::read_dir(folder)?.into_iter().map(Script::new));
        }
        scripts.add(self.cases.into_iter().map(Script::new));
        let seed = match (self.seed, &self.seed_file) {
            (Some(seed), _) => Some(seed),
            (None, Some(file)) => Some(Seed::read(file)?),
            (None, None) => None,
        };
        let StandardExtensions(standard) = self.standard;
        let extensions = standard.into_iter().chain(self.widgets).chain(self.dashboard);
        let extensions = extensions.map(|options| options.build(seed.as_ref()));
        let extensions = extensions.collect::<Result<_, _>>()?;
        let mut keys = vec![self.private_key.unwrap_or_else(|| DEFAULT_KEY.to_owned())];
        keys.extend(seed.iter().flat_map(|seed| seed.keys.clone()));
        let public_key = self.public_key.unwrap_or_else(|| DEFAULT_PUBLIC_KEY.to_owned());
        let client_timeout = self.client_timeout.unwrap_or(CLIENT_TIMEOUT);
        let allowed_origins = self.allowed_origins;
        let settings =
            Settings { url, bind_address, keys, public_key, allowed_origins, seed, client_timeout };
        Ok(AppState::new(settings, scripts, chaos, extensions))
    }
}

impl Sandbox {
    /// Starts a sandbox on the current tokio runtime. The sandbox listens on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Listen`] if there is no free port.
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    /// Returns a builder for a sandbox with settings other than the defaults.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }
}

/// Returns whether a text is an origin: a scheme, a host and optionally a port. Because the origin becomes part of a
/// content security policy, the host and port may contain only letters, digits and the characters `.-:[]`.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    host.is_some_and(|host| !host.is_empty() && host.chars().all(is_allowed))
}
