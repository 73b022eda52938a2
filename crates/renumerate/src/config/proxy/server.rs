//! Parser of proxy URLs. People write credentials into them that a parser of URLs would misread, such as a password with
//! `@`, `#` or `/`.

use std::fmt;
use std::net::Ipv6Addr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use rustls_pki_types::ServerName;
use url::Host;

/// A proxy server.
#[derive(Clone)]
pub(crate) struct ProxyServer {
    /// Whether the connection to the proxy itself uses TLS.
    pub(crate) uses_tls: bool,
    /// Host, without the brackets of an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Value of the header `Proxy-Authorization`, if the URL has credentials.
    pub(crate) credentials: Option<HeaderValue>,
}

impl fmt::Debug for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Writes the host and the port.
impl fmt::Display for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, .. } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

impl ProxyServer {
    /// Parses `[http://][user[:password]@]host[:port]`. The credentials end at the last `@`. In them, `%40` stands for `@`,
    /// as in every URL, and all characters are also accepted as they are. A path is ignored.
    ///
    /// # Errors
    ///
    /// A description of the problem, which contains no part of the text.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let (uses_tls, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            // A password may contain the separator, too.
            Some((scheme, _)) if !scheme.contains([':', '@']) => {
                return Err("is neither http:// nor https://");
            }
            _ => (false, text),
        };
        let (credentials, address) = match rest.rsplit_once('@') {
            Some((credentials, address)) => (Some(credentials), address),
            None => (None, rest),
        };
        let address = address.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = split_port(address);
        let parsed = host.parse().map_or_else(|_| Host::parse(host), |address| Ok(Host::Ipv6(address)));
        let host = match parsed {
            Ok(Host::Domain(name)) => name,
            Ok(Host::Ipv4(address)) => address.to_string(),
            Ok(Host::Ipv6(address)) => address.to_string(),
            Err(_) => return Err("has no valid host"),
        };
        if uses_tls && ServerName::try_from(host.as_str()).is_err() {
            return Err("has a host that cannot have a certificate");
        }
        let port = match port {
            None | Some("") => {
                if uses_tls {
                    443
                } else {
                    80
                }
            }
            Some(port) => port.parse().ok().filter(|port| *port > 0).ok_or("has no valid port")?,
        };
        Ok(Self { uses_tls, host, port, credentials: credentials.and_then(basic) })
    }
}

/// Removes white space and quotes around a value. Files of variables often contain them.
pub(super) fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inner = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    inner.unwrap_or(value).trim()
}

/// Returns the host, with the brackets of an IPv6 address, and the port.
pub(super) fn split_port(address: &str) -> (&str, Option<&str>) {
    match address.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') && address.parse::<Ipv6Addr>().is_err() => {
            (host, Some(port))
        }
        _ => (address, None),
    }
}

/// Returns the header for the credentials `user:password`.
fn basic(credentials: &str) -> Option<HeaderValue> {
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    let mut plain: Vec<u8> = percent_decode_str(user).collect();
    plain.push(b':');
    plain.extend(percent_decode_str(password));
    let mut header = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(plain))).ok()?;
    header.set_sensitive(true);
    Some(header)
}
