//! The vendor's widgets on this machine: the pages that a session id opens in a browser.
//!
//! They are served by HTTPS on `localhost`, where the vendor's library looks for them when it is told to look on this
//! machine, and they speak its messages. What a customer does in them changes the sandbox's customers.

mod admission;
mod answer;
mod authority;
pub(crate) mod book;
mod customer;
mod day;
mod hub;
mod invented;
mod offer;
mod retention;
mod tls;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::SandboxError;
use crate::router::Shared;
use authority::Authority;

pub use customer::{CustomerRecord, Discount, SubscriptionRecord};
pub use day::Day;

/// The largest form that is taken.
const FORM_MAX_BYTES: usize = 64 * 1024;

/// The port on which the vendor's library looks for the widgets of this machine.
pub const WIDGETS_PORT: u16 = 4321;

/// Where the widgets are served, and whose certificate they have.
#[derive(Clone, Debug)]
pub struct Widgets {
    /// The port on `localhost`; 0 is any free one. The vendor's library knows [`WIDGETS_PORT`] alone.
    pub port: u16,
    /// The folder of the certificate authority, `ca.pem` and its key. The first start makes them.
    pub ca_dir: PathBuf,
}

/// The widgets while they are served.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) url: String,
    pub(crate) ca: PathBuf,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// The widgets' place, taken before anything is served.
pub(crate) struct Place {
    listeners: Vec<tokio::net::TcpListener>,
    acceptor: TlsAcceptor,
    pub(crate) url: String,
    pub(crate) ca: PathBuf,
}

impl Place {
    pub(crate) fn take(widgets: &Widgets) -> Result<Self, SandboxError> {
        let authority = Authority::of(&widgets.ca_dir)?;
        let (listeners, port) = tls::listeners(widgets.port)?;
        let acceptor = TlsAcceptor::from(Arc::new(authority.server_config()?));
        Ok(Self { listeners, acceptor, url: format!("https://localhost:{port}"), ca: authority.certificate })
    }

    pub(crate) fn serve(self, shared: &Arc<Shared>) -> Served {
        let router = router(Arc::clone(shared));
        let serve = |listener| {
            tokio::spawn(tls::serve(listener, self.acceptor.clone(), router.clone(), Arc::clone(shared)))
        };
        Served { tasks: self.listeners.into_iter().map(serve).collect(), url: self.url, ca: self.ca }
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/retention", get(retention::open))
        .route("/retention/{step}", post(retention::step))
        .route("/subs", get(hub::open))
        .route("/subs/{action}", post(hub::act))
        .route(
            "/widgets.css",
            get(async || answer::asset("text/css", include_str!("../../assets/widgets/widgets.css"))),
        )
        .route(
            "/widgets.js",
            get(async || answer::asset("text/javascript", include_str!("../../assets/widgets/widgets.js"))),
        )
        .route("/", get(greeting))
        .fallback(async || (StatusCode::NOT_FOUND, "Not found"))
        .layer(DefaultBodyLimit::max(FORM_MAX_BYTES))
        .with_state(shared)
}

/// Who opens this address by itself wants to know whether the certificate is trusted.
async fn greeting() -> Response {
    "The widgets of a Renumerate sandbox are served here, and this browser trusts their certificate.\n"
        .into_response()
}
