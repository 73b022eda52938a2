//! Route to the service: directly, through a tunnel of a proxy, or as requests that a proxy forwards.

use std::fmt;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::config::{Config, ProxyChoice, unbracketed};
use crate::error::{Error, Name, Result};

/// A proxy server.
#[derive(Clone)]
pub(crate) struct ProxyServer {
    /// Scheme of the proxy's URL, such as `http`.
    pub(crate) scheme: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Value of the header `Proxy-Authorization`, if the URL has credentials.
    pub(crate) credentials: Option<HeaderValue>,
}

impl fmt::Debug for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port, credentials: _ } = self;
        write!(f, "{scheme}://{host}:{port}")
    }
}

impl ProxyServer {
    fn new(intercept: &Intercept) -> Self {
        let uri = intercept.uri();
        let scheme = uri.scheme_str().unwrap_or("http").to_owned();
        let port = uri.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
        let host = unbracketed(uri.host().unwrap_or_default()).to_owned();
        Self { scheme, host, port, credentials: intercept.basic_auth().cloned() }
    }

    /// Returns whether the client can use a proxy with this scheme.
    pub(crate) fn is_supported(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https")
    }

    /// Returns whether the connection to the proxy itself uses TLS.
    pub(crate) fn uses_tls(&self) -> bool {
        self.scheme == "https"
    }
}

/// Returns the proxy for the base URL, or `None` for a direct connection. Reads the environment variables if the
/// configuration says so.
///
/// # Errors
///
/// A configuration error if the proxy or the base URL cannot be used.
pub(crate) fn proxy_for(config: &Config) -> Result<Option<ProxyServer>> {
    let matcher = match &config.proxy {
        ProxyChoice::Direct => return Ok(None),
        ProxyChoice::Environment => Matcher::from_system(),
        ProxyChoice::Explicit(url) => Matcher::builder().all(url.to_string()).build(),
    };
    let unusable = |option| Error::configuration(Name(option), Name(option) + " can't be used");
    let uri: Uri = config.base_url.as_str().parse().map_err(|_| unusable("base_url"))?;
    let proxy = matcher.intercept(&uri).as_ref().map(ProxyServer::new);
    match (&config.proxy, proxy) {
        (ProxyChoice::Explicit(_), None) => Err(unusable("proxy")),
        (_, proxy) => Ok(proxy),
    }
}
