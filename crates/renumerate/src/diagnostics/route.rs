//! The way to the service: straight there, or through which proxy. The choice is the HTTP library's own.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hyper::Uri;
use hyper::http::uri::InvalidUri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use super::setup::DiagnosticContext;
use crate::config::ProxyChoice;
use crate::config::unbracketed;
use crate::config::{SettingSource, variable};
use crate::error::{Error, NetworkPhase, Result};
use crate::redact::MASK;
use crate::transport::network_error;

/// Variables that can name a proxy, in the order in which they count; the first one of a pair that is there hides the
/// other.
const FOR_HTTPS: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];
const FOR_HTTP: [[&str; 2]; 2] = [["HTTP_PROXY", "http_proxy"], ["ALL_PROXY", "all_proxy"]];

/// Where calls go.
#[derive(Debug)]
pub struct Route {
    /// The service's host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// It is spoken to over TLS.
    pub tls: bool,
    /// How it is reached.
    pub via: Via,
    pub(super) uri: Uri,
}

/// How the service is reached.
#[derive(Debug)]
pub enum Via {
    /// Without a proxy, and why; `doubt` where one seems to have been meant.
    Direct {
        /// Why there is none.
        why: String,
        /// What would help, where one seems to have been meant.
        doubt: Option<&'static str>,
    },
    /// Through this one.
    Proxy(Proxy),
}

/// A proxy in the way.
#[derive(Debug)]
pub struct Proxy {
    /// Its URL, with its credentials masked.
    pub url: String,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// It is spoken to over TLS.
    pub tls: bool,
    /// Where it comes from.
    pub origin: SettingSource,
    pub(super) intercept: Intercept,
}

impl Route {
    /// What a connection is opened to: the service, or the proxy.
    pub fn next_hop(&self) -> (&str, u16) {
        match &self.via {
            Via::Direct { .. } => (&self.host, self.port),
            Via::Proxy(proxy) => (&proxy.host, proxy.port),
        }
    }
}

impl DiagnosticContext {
    /// The way that a call takes.
    ///
    /// # Errors
    ///
    /// For a proxy that cannot be used.
    pub fn route(&self) -> Result<Route> {
        let url = &self.config.base_url;
        let uri: Uri = url.as_str().parse().map_err(|error: InvalidUri| {
            Error::configuration("base_url", "base_url can't be used").with_source(error)
        })?;
        let via = match &self.config.proxy {
            ProxyChoice::Direct => {
                Via::Direct { why: "loopback is always reached directly".into(), doubt: None }
            }
            ProxyChoice::Explicit(proxy) => {
                let matcher = Matcher::builder().all(proxy.to_string()).build();
                match matcher.intercept(&uri) {
                    Some(intercept) => Via::Proxy(Proxy::new(intercept, SettingSource::Given)?),
                    None => return Err(Error::configuration("proxy", "proxy can't be used")),
                }
            }
            ProxyChoice::Environment => of_the_environment(&uri)?,
        };
        Ok(Route {
            host: unbracketed(url.host_str().unwrap_or_default()).to_owned(),
            port: url.port_or_known_default().unwrap_or(443),
            tls: url.scheme() == "https",
            via,
            uri,
        })
    }
}

/// The proxy that the variables name for this URL. Which one it is the HTTP library's reader says; the variables are
/// looked at once more to name the one that says so.
fn of_the_environment(uri: &Uri) -> Result<Via> {
    let pairs = if uri.scheme_str() == Some("https") { FOR_HTTPS } else { FOR_HTTP };
    let set: Vec<(&'static str, String)> = pairs.into_iter().filter_map(first).collect();
    let usable = |value: &str| Matcher::builder().all(value.to_owned()).build().intercept(uri).is_some();
    let names = || set.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let direct = |why, doubt| Ok(Via::Direct { why, doubt });
    if let Some(intercept) = Matcher::from_system().intercept(uri) {
        let origin = set.iter().find(|(_, value)| usable(value));
        let origin = origin.map_or(SettingSource::Default, |(name, _)| SettingSource::Variable(name));
        return Ok(Via::Proxy(Proxy::new(intercept, origin)?));
    }
    if set.is_empty() {
        let [[specific, _], [general, _]] = pairs;
        return direct(format!("neither {specific} nor {general} is set"), None);
    }
    if !set.iter().any(|(_, value)| usable(value)) {
        let doubt = "set it to http://[user:password@]host[:port], or clear it";
        return direct(
            format!("{} holds nothing that can be a proxy, and is passed over", names()),
            Some(doubt),
        );
    }
    if matches!(variable("REQUEST_METHOD"), Ok(Some(_))) {
        return direct(format!("{} is passed over in a CGI program (REQUEST_METHOD is set)", names()), None);
    }
    direct(format!("NO_PROXY holds the host, which passes over {}", names()), None)
}

/// The variable of the pair that counts, where it holds anything.
fn first(pair: [&'static str; 2]) -> Option<(&'static str, String)> {
    let found = pair.into_iter().find_map(|name| Some((name, variable(name).ok()??)));
    found.filter(|(_, value)| !value.is_empty())
}

impl Proxy {
    /// Whether it is given a user and a password.
    pub fn has_credentials(&self) -> bool {
        self.intercept.basic_auth().is_some()
    }

    /// What it is given to authenticate by, as it is sent, and the password in it.
    pub(super) fn secrets(&self) -> Vec<String> {
        let sent = self.intercept.basic_auth().and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
        let Some(sent) = sent else { return Vec::new() };
        let decoded = BASE64_STANDARD.decode(sent).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let password = decoded.as_deref().and_then(|both| both.split_once(':')).map(|(_, password)| password);
        [Some(sent), password].into_iter().flatten().map(str::to_owned).collect()
    }

    fn new(intercept: Intercept, origin: SettingSource) -> Result<Self> {
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
            origin,
            intercept,
        })
    }
}
