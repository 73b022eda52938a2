//! Route to the service: directly or through a proxy, as in a call.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use super::context::DiagnosticContext;
use crate::config::ProxyChoice;
use crate::config::unbracketed;
use crate::config::{SettingSource, variable};
use crate::error::{NetworkPhase, Result};
use crate::redact::MASK;
use crate::transport::{ProxyServer, UnsupportedProxy, network_error, proxy_for};

/// Environment variables that can name a proxy, by priority. If both variables of a pair are set, the first one wins.
const FOR_HTTPS: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];
const FOR_HTTP: [[&str; 2]; 2] = [["HTTP_PROXY", "http_proxy"], ["ALL_PROXY", "all_proxy"]];

/// Route of calls to the service.
#[derive(Debug)]
pub struct ServiceRoute {
    /// Host of the service.
    pub host: String,
    /// Port of the service.
    pub port: u16,
    /// Whether the service uses TLS.
    pub tls: bool,
    /// Direct connection or proxy.
    pub via: Via,
}

/// Direct connection or proxy.
#[derive(Debug)]
pub enum Via {
    /// A direct connection.
    Direct {
        /// Reason why no proxy is used.
        reason: String,
        /// Remedy, if the user probably meant to use a proxy.
        remedy: Option<&'static str>,
    },
    /// A proxy.
    Proxy(Proxy),
}

/// The proxy between this machine and the service.
#[derive(Debug)]
pub struct Proxy {
    /// URL of the proxy, with masked credentials.
    pub url: String,
    /// Host of the proxy.
    pub host: String,
    /// Port of the proxy.
    pub port: u16,
    /// Whether the proxy itself uses TLS.
    pub tls: bool,
    /// Source of the proxy setting.
    pub source: SettingSource,
    pub(super) server: ProxyServer,
}

impl ServiceRoute {
    /// Returns the host and the port to which the TCP connection is opened: those of the proxy if there is one, else
    /// those of the service.
    pub fn next_hop(&self) -> (&str, u16) {
        match &self.via {
            Via::Direct { .. } => (&self.host, self.port),
            Via::Proxy(proxy) => (&proxy.host, proxy.port),
        }
    }
}

impl DiagnosticContext {
    /// Returns the route that a call takes.
    ///
    /// # Errors
    ///
    /// An error if the proxy or `base_url` cannot be used.
    pub fn route(&self) -> Result<ServiceRoute> {
        let url = &self.config.base_url;
        let via = match (&self.config.proxy, proxy_for(&self.config)?) {
            (ProxyChoice::Direct, _) => {
                Via::Direct { reason: "loopback is always reached directly".into(), remedy: None }
            }
            (ProxyChoice::Explicit(_), Some(server)) => {
                Via::Proxy(Proxy::new(server, SettingSource::Explicit)?)
            }
            (_, server) => route_from_environment(&url.as_str().parse().unwrap_or_default(), server)?,
        };
        Ok(ServiceRoute {
            host: unbracketed(url.host_str().unwrap_or_default()).to_owned(),
            port: url.port_or_known_default().unwrap_or(443),
            tls: url.scheme() == "https",
            via,
        })
    }
}

/// Returns the route that the environment variables select for this URL. `server` is the proxy that a call uses. This
/// function reads the variables again, but only to report which variable selected the proxy.
fn route_from_environment(uri: &Uri, server: Option<ProxyServer>) -> Result<Via> {
    let pairs = if uri.scheme_str() == Some("https") { FOR_HTTPS } else { FOR_HTTP };
    let set: Vec<(&'static str, String)> = pairs.into_iter().filter_map(first_set).collect();
    let usable = |value: &str| Matcher::builder().all(value.to_owned()).build().intercept(uri).is_some();
    let names = || set.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let direct = |reason, remedy| Ok(Via::Direct { reason, remedy });
    if let Some(server) = server {
        let source = set.iter().find(|(_, value)| usable(value));
        let source = source.map_or(SettingSource::Default, |(name, _)| SettingSource::Variable(name));
        return Ok(Via::Proxy(Proxy::new(server, source)?));
    }
    if set.is_empty() {
        let [[specific, _], [general, _]] = pairs;
        return direct(format!("neither {specific} nor {general} is set"), None);
    }
    if !set.iter().any(|(_, value)| usable(value)) {
        let remedy = "set it to http://[user:password@]host[:port], or clear it";
        return direct(
            format!("{} holds nothing that can be a proxy, and is passed over", names()),
            Some(remedy),
        );
    }
    if matches!(variable("REQUEST_METHOD"), Ok(Some(_))) {
        return direct(format!("{} is passed over in a CGI program (REQUEST_METHOD is set)", names()), None);
    }
    direct(format!("NO_PROXY holds the host, which passes over {}", names()), None)
}

/// Returns the name and the value of the first variable of the pair that is set. Returns `None` if neither is set or
/// the value is empty.
fn first_set(pair: [&'static str; 2]) -> Option<(&'static str, String)> {
    let found = pair.into_iter().find_map(|name| Some((name, variable(name).ok()??)));
    found.filter(|(_, value)| !value.is_empty())
}

impl Proxy {
    /// Returns whether the proxy URL contains credentials.
    pub fn has_credentials(&self) -> bool {
        self.server.credentials.is_some()
    }

    /// Returns the texts to redact: the credentials in the encoded form of the `Proxy-Authorization` header, and the
    /// password.
    pub(super) fn secrets(&self) -> Vec<String> {
        let credentials = self.server.credentials.as_ref();
        let sent = credentials.and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
        let Some(sent) = sent else { return Vec::new() };
        let decoded = BASE64_STANDARD.decode(sent).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let password = decoded.as_deref().and_then(|both| both.split_once(':')).map(|(_, password)| password);
        [Some(sent), password].into_iter().flatten().map(str::to_owned).collect()
    }

    fn new(server: ProxyServer, source: SettingSource) -> Result<Self> {
        if !server.is_supported() {
            return Err(network_error(NetworkPhase::Connect, UnsupportedProxy(server.scheme).into()));
        }
        let ProxyServer { scheme, host, port, credentials } = &server;
        let credentials = if credentials.is_some() { format!("{MASK}@") } else { String::new() };
        let bracketed = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        Ok(Self {
            url: format!("{scheme}://{credentials}{bracketed}:{port}"),
            host: host.clone(),
            port: *port,
            tls: server.uses_tls(),
            source,
            server,
        })
    }
}
