//! Local copies of the vendor's widgets: the pages that a session id opens in a browser.
//!
//! The pages are served over HTTPS on `localhost`, where the vendor's library looks for them in its local mode. The
//! pages send the vendor's messages to the embedding page. An action in a widget, such as a cancellation, changes the
//! customer's data in the sandbox.

mod access;
mod brand;
mod ca;
mod card;
mod customer;
mod customers;
mod day;
mod generate;
mod hub;
mod invoice;
mod offer;
mod page;
mod price;
mod promo_code;
mod retention;
mod seeded;
mod shared_customers;
mod state;
mod tls;

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::map_response_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::api::exchange;
use crate::builder::SandboxBuilder;
use crate::domain::Seed;
use crate::error::SandboxError;
use crate::state::{AppState, Extension, ExtensionOptions, SESSION_LIFETIME, WidgetsAddress};
use ca::LocalCa;
use shared_customers::SharedCustomers;
use state::WidgetState;

pub use customer::{CustomerRecord, Discount, SubscriptionRecord};
pub use day::Day;
pub use invoice::{Invoice, InvoiceStatus};

/// Maximum size of a form.
const FORM_MAX_BYTES: usize = 64 * 1024;

/// Port on which the vendor's library looks for local widgets.
pub const WIDGETS_PORT: u16 = 4321;

/// Settings of the widgets.
#[derive(Clone, Debug)]
pub struct Widgets {
    ca_dir: PathBuf,
    port: u16,
    host: Option<IpAddr>,
    names: Vec<String>,
    session_lifetime: Duration,
    brand_color: Option<String>,
}

impl Widgets {
    /// Creates settings with the folder of the certificate authority. The first start creates this folder. It contains
    /// the authority's private key and its certificate `ca.pem`, which browsers must trust.
    pub fn new(ca_dir: impl Into<PathBuf>) -> Self {
        Self {
            ca_dir: ca_dir.into(),
            port: WIDGETS_PORT,
            host: None,
            names: Vec::new(),
            session_lifetime: SESSION_LIFETIME,
            brand_color: None,
        }
    }

    /// Sets the port; 0 selects a free port. Default: [`WIDGETS_PORT`], the only port that the vendor's library knows.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the address to listen on, such as 0.0.0.0 in a container. Default: the loopback addresses.
    #[must_use]
    pub fn host(mut self, host: IpAddr) -> Self {
        self.host = Some(host);
        self
    }

    /// Adds DNS names for which the certificate is valid, in addition to `localhost` and the loopback addresses.
    ///
    /// The authority's certificate also contains the names. If the names change, the sandbox creates a new certificate,
    /// which browsers must be made to trust.
    #[must_use]
    pub fn names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.names.extend(names.into_iter().map(Into::into));
        self
    }

    /// Sets for how long a session id opens a widget. The response to the exchange of a token contains the end of this
    /// time. Default: one hour. The vendor documents no lifetime, but
    /// recommends creating a session when the customer clicks.
    #[must_use]
    pub fn session_lifetime(mut self, lifetime: Duration) -> Self {
        self.session_lifetime = lifetime;
        self
    }

    /// Sets the color of buttons and selected options, in the form `#RRGGBB`. Text on it is black or white, whichever
    /// is easier to read. Outlines have another color if the brand color is hard to see on the background. Default: a
    /// blue that depends on the color scheme of the browser.
    #[must_use]
    pub fn brand_color(mut self, color: impl Into<String>) -> Self {
        self.brand_color = Some(color.into());
        self
    }
}

impl SandboxBuilder {
    /// Serves the widgets: the pages that session ids open in a browser. Default: no widgets are served.
    ///
    /// ```
    /// use renumerate_sandbox::{Sandbox, Widgets};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = std::env::temp_dir().join(format!("renumerate-widgets-doc-{}", std::process::id()));
    /// // The vendor's library needs port 4321, which is the default. The pages of a test can use any port.
    /// let widgets = Widgets::new(&folder).port(0);
    /// let sandbox = Sandbox::builder().widgets(widgets).start().await?;
    /// if let (Some(url), Some(ca)) = (sandbox.widgets_url(), sandbox.ca_certificate()) {
    ///     println!("trust {}, then open {url}/retention?session_id=ret_…", ca.display());
    /// }
    /// # std::fs::remove_dir_all(folder)?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn widgets(mut self, widgets: Widgets) -> Self {
        self.widgets = Some(Arc::new(widgets));
        self
    }
}

impl ExtensionOptions for Widgets {
    fn build(&self, _seed: Option<&Seed>) -> Result<Arc<dyn Extension>, SandboxError> {
        let stylesheet = brand::stylesheet(self.brand_color.as_deref())?;
        let ca = LocalCa::open(&self.ca_dir, &self.names)?;
        let (listeners, port) = tls::listeners(self.host, self.port)?;
        Ok(Arc::new(WidgetServer {
            listeners: Mutex::new(listeners),
            tls: Arc::new(ca.server_config()?),
            stylesheet: stylesheet.into(),
            address: WidgetsAddress {
                url: format!("https://localhost:{port}"),
                ca: ca.certificate,
                session_lifetime: self.session_lifetime,
            },
        }))
    }
}

/// Server of the widgets.
#[derive(Debug)]
struct WidgetServer {
    /// Listeners, which `start` takes. The list is empty afterwards.
    listeners: Mutex<Vec<TcpListener>>,
    tls: Arc<ServerConfig>,
    stylesheet: Bytes,
    address: WidgetsAddress,
}

impl Extension for WidgetServer {
    fn start(self: Arc<Self>, state: &Arc<AppState>) -> Vec<JoinHandle<()>> {
        let listeners = std::mem::take(&mut *self.listeners.lock().unwrap_or_else(PoisonError::into_inner));
        // Every sandbox has customers.
        let Some(customers) = SharedCustomers::of(state) else { return Vec::new() };
        let stylesheet = self.stylesheet.clone();
        let router = pages(&Arc::new(WidgetState { app: Arc::clone(state), customers, stylesheet }));
        let acceptor = TlsAcceptor::from(Arc::clone(&self.tls));
        let serve = |listener| {
            tokio::spawn(tls::serve(listener, acceptor.clone(), router.clone(), Arc::clone(state)))
        };
        listeners.into_iter().map(serve).collect()
    }

    fn widgets(&self) -> Option<&WidgetsAddress> {
        Some(&self.address)
    }
}

fn pages(state: &Arc<WidgetState>) -> Router {
    Router::new()
        .route("/retention", get(retention::open))
        .route("/retention/{step}", post(retention::step))
        .route("/subs", get(hub::open))
        .route("/subs/invoices", get(hub::invoices::open))
        .route("/subs/payment-method", get(hub::payment_method::open).post(hub::payment_method::update))
        .route("/subs/{action}", post(hub::act))
        .route("/widgets.css", get(page::stylesheet))
        .route("/widgets.js", get(page::script))
        .route("/", get(trust_check))
        .fallback(async || (StatusCode::NOT_FOUND, "Not found"))
        .layer(DefaultBodyLimit::max(FORM_MAX_BYTES))
        .with_state(Arc::clone(state))
        // In its local mode, the vendor's library exchanges tokens at the origin of the widgets.
        .merge(exchange::routes(&state.app))
        .layer(map_response_with_state(Arc::clone(state), page::add_headers))
}

/// Returns the page that users open to check whether their browser trusts the certificate.
async fn trust_check() -> Response {
    "The widgets of a Renumerate sandbox are served here, and this browser trusts their certificate.\n"
        .into_response()
}
