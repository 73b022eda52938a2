//! Route to the service: directly or through a proxy, as in a call.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::context::DiagnosticContext;
use crate::config::{DirectReason, NO_PROXY, ProxyServer, Route, SettingSource, never_matching, unbracketed};
use crate::redact::MASK;

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
    /// Entries of `NO_PROXY` that match no host.
    pub never_matching: Vec<String>,
}

/// Direct connection or proxy.
#[derive(Debug)]
pub enum Via {
    /// A direct connection.
    Direct {
        /// Reason why no proxy is used.
        reason: String,
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
    pub fn route(&self) -> ServiceRoute {
        let url = &self.config.base_url;
        let via = match &self.config.route {
            Route::Direct(reason) => Via::Direct { reason: describe(*reason) },
            Route::Proxy(server, source) => Via::Proxy(Proxy::new(server.clone(), *source)),
        };
        let hosts = NO_PROXY.into_iter().find_map(|name| {
            let hosts = self.variable(name).ok()??;
            (!hosts.trim().is_empty()).then_some(hosts)
        });
        let hosts = hosts.unwrap_or_default();
        ServiceRoute {
            host: unbracketed(url.host_str().unwrap_or_default()).to_owned(),
            port: url.port_or_known_default().unwrap_or(443),
            tls: url.scheme() == "https",
            via,
            never_matching: never_matching(&hosts).map(str::to_owned).collect(),
        }
    }
}

fn describe(reason: DirectReason) -> String {
    match reason {
        DirectReason::Loopback => "loopback is always reached directly".to_owned(),
        DirectReason::NotSet([specific, _, general, _]) => format!("neither {specific} nor {general} is set"),
        DirectReason::Exception { proxy, exceptions } => {
            format!("{exceptions} contains the host, so {proxy} is ignored")
        }
        DirectReason::Cgi => "HTTP_PROXY is ignored in a CGI program (REQUEST_METHOD is set)".to_owned(),
    }
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

    fn new(server: ProxyServer, source: SettingSource) -> Self {
        let scheme = if server.uses_tls { "https" } else { "http" };
        let credentials = if server.credentials.is_some() { format!("{MASK}@") } else { String::new() };
        Self {
            url: format!("{scheme}://{credentials}{server}"),
            host: server.host.clone(),
            port: server.port,
            tls: server.uses_tls,
            source,
            server,
        }
    }
}
