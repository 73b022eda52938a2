//! Route to the service: directly or through a proxy. As in a call, the HTTP library decides whether a proxy is used.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hyper::Uri;
use hyper::http::uri::InvalidUri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use super::context::DiagnosticContext;
use crate::config::ProxyChoice;
use crate::config::unbracketed;
use crate::config::{SettingSource, variable};
use crate::error::{Error, Name, NetworkPhase, Result};
use crate::redact::MASK;
use crate::transport::network_error;

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
    pub(super) uri: Uri,
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
    pub(super) intercept: Intercept,
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
        let uri: Uri = url.as_str().parse().map_err(|error: InvalidUri| {
            Error::configuration(Name("base_url"), Name("base_url") + " can't be used").with_source(error)
        })?;
        let via = match &self.config.proxy {
            ProxyChoice::Direct => {
                Via::Direct { reason: "loopback is always reached directly".into(), remedy: None }
            }
            ProxyChoice::Explicit(proxy) => {
                let matcher = Matcher::builder().all(proxy.to_string()).build();
                match matcher.intercept(&uri) {
                    Some(intercept) => Via::Proxy(Proxy::new(intercept, SettingSource::Explicit)?),
                    None => {
                        return Err(Error::configuration(Name("proxy"), Name("proxy") + " can't be used"));
                    }
                }
            }
            ProxyChoice::Environment => route_from_environment(&uri)?,
        };
        Ok(ServiceRoute {
            host: unbracketed(url.host_str().unwrap_or_default()).to_owned(),
            port: url.port_or_known_default().unwrap_or(443),
            tls: url.scheme() == "https",
            via,
            uri,
        })
    }
}

/// Returns the route that the environment variables select for this URL. The HTTP library reads the variables. This
/// function reads them again, but only to report which variable selected the proxy.
fn route_from_environment(uri: &Uri) -> Result<Via> {
    let pairs = if uri.scheme_str() == Some("https") { FOR_HTTPS } else { FOR_HTTP };
    let set: Vec<(&'static str, String)> = pairs.into_iter().filter_map(first_set).collect();
    let usable = |value: &str| Matcher::builder().all(value.to_owned()).build().intercept(uri).is_some();
    let names = || set.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let direct = |reason, remedy| Ok(Via::Direct { reason, remedy });
    if let Some(intercept) = Matcher::from_system().intercept(uri) {
        let source = set.iter().find(|(_, value)| usable(value));
        let source = source.map_or(SettingSource::Default, |(name, _)| SettingSource::Variable(name));
        return Ok(Via::Proxy(Proxy::new(intercept, source)?));
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
        self.intercept.basic_auth().is_some()
    }

    /// Returns the texts to redact: the credentials in the encoded form of the `Proxy-Authorization` header, and the
    /// password.
    pub(super) fn secrets(&self) -> Vec<String> {
        let sent = self.intercept.basic_auth().and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
        let Some(sent) = sent else { return Vec::new() };
        let decoded = BASE64_STANDARD.decode(sent).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let password = decoded.as_deref().and_then(|both| both.split_once(':')).map(|(_, password)| password);
        [Some(sent), password].into_iter().flatten().map(str::to_owned).collect()
    }

    fn new(intercept: Intercept, source: SettingSource) -> Result<Self> {
        let uri = intercept.uri();
        let scheme = uri.scheme_str().unwrap_or("http");
        let default_port = match scheme {
            "http" => 80,
            "https" => 443,
            other => {
                let unsupported = format!("unsupported scheme {other}");
                return Err(network_error(NetworkPhase::Connect, unsupported.into()));
            }
        };
        let host = uri.host().unwrap_or_default();
        let port = uri.port_u16().unwrap_or(default_port);
        let credentials = if intercept.basic_auth().is_some() { format!("{MASK}@") } else { String::new() };
        Ok(Self {
            url: format!("{scheme}://{credentials}{host}:{port}"),
            host: unbracketed(host).to_owned(),
            port,
            tls: scheme == "https",
            source,
            intercept,
        })
    }
}
