//! Validation of the URLs of the service and the widgets.

use std::net::IpAddr;

use rustls_pki_types::ServerName;
use url::{ParseError, Url};

use crate::error::{Error, Name, Result};
use crate::model::EndpointKind;
use crate::redact::BrandKey;

/// Parses a base URL: `https` or `http`, without credentials, a query or a fragment.
///
/// # Errors
///
/// A configuration error with the name of the option. The message does not quote the text, because the text may contain
/// a key by mistake.
pub(crate) fn validate_base_url(option: &'static str, text: &str) -> Result<Url> {
    let schemes = "it must start with https:// or http://";
    let (problem, remedy) = match Url::parse(text) {
        Err(ParseError::InvalidPort) => (" has an invalid port", "use a number from 0 to 65535"),
        Err(_) if has_scheme(text) => (" has an invalid host", "use a form such as https://host:port"),
        Err(_) if text.is_empty() => (" is empty", schemes),
        Err(_) if text.starts_with(['"', '\'']) => (" begins with a quote", "remove the quotes"),
        Err(_) => (" is not a URL", schemes),
        Ok(url) if !matches!(url.scheme(), "https" | "http") => (" has an unknown scheme", schemes),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            (" contains credentials", "remove them")
        }
        Ok(url) if url.query().is_some() || url.fragment().is_some() => {
            (" contains a query or a fragment", "remove it")
        }
        Ok(url) => return Ok(url),
    };
    Err(Error::configuration(Name(option), Name(option) + problem, remedy))
}

fn has_scheme(text: &str) -> bool {
    let text = text.trim_start().to_ascii_lowercase();
    ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme))
}

/// Parses the base URL of the service. `http` is accepted only if the host is loopback or the key is a sandbox key.
///
/// # Errors
///
/// A configuration error if the URL is invalid, or if `http` is not accepted.
pub(crate) fn service_url(text: &str, key: &BrandKey) -> Result<Url> {
    let url = validate_base_url("base_url", text)?;
    if url.scheme() == "http" && !is_loopback(&url) && !key.is_sandbox_key() {
        let problem =
            Name("base_url") + " is http:// to another machine, which would send the key unencrypted";
        return Err(Error::configuration(Name("base_url"), problem, "use https://"));
    }
    let path = url.path().trim_end_matches('/');
    if path.ends_with("/v1") || EndpointKind::ALL.iter().any(|kind| path.contains(kind.endpoint().path)) {
        let problem = Name("base_url") + " ends in /v1 or in the path of an endpoint";
        return Err(Error::configuration(
            Name("base_url"),
            problem,
            "remove this path, because the SDK adds it",
        ));
    }
    // Reject a host that is not a valid TLS server name, because every call to it would fail.
    if url.scheme() == "https"
        && url.host_str().is_none_or(|host| ServerName::try_from(unbracketed(host)).is_err())
    {
        return Err(Error::configuration(
            Name("base_url"),
            Name("base_url") + " has a host that cannot have a certificate",
            "check the host",
        ));
    }
    Ok(url)
}

/// Returns whether the host is `localhost` or a loopback address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let address = unbracketed(host).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    })
}

/// Returns the host without the brackets around an IPv6 address.
pub(crate) fn unbracketed(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(url: &str, key: &str) -> Result<Url> {
        service_url(url, &BrandKey::new(key).unwrap())
    }

    /// Rules: S2
    #[test]
    fn http_requires_loopback_or_a_sandbox_key() {
        let accepted = [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://[::1]:80",
            "http://localhost:80/api",
            "https://a.b/c/",
            "https://a.b/v1/behind",
            "https://a.b/api-v1",
            "https://[2001:db8::1]:8443",
            "https://192.0.2.1",
            "https://münchen.example",
        ];
        for url in accepted {
            assert!(service(url, "sk_live_planted").is_ok(), "{url}");
        }
        let rejected = [
            "http://api.renumerate.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "http://127.0.0.1.nip.io",
            "ftp://a.b",
            "a.b",
            "",
            "https://",
            "https://u:p@a.b",
            "https://u@a.b",
            "https://a.b?c",
            "https://a.b#c",
            "http://127.0.0.1@evil.example",
            "https://a.b/\r\nx-evil: 1?y",
            "https://a.b/v1",
            "https://a.b/behind/v1/",
            "https://a.b/v1/retention/session",
            "https://a.b/v1/subscription/session/",
        ];
        let long_label = format!("https://{}.example", "a".repeat(64));
        for url in rejected.into_iter().chain([long_label.as_str()]) {
            let error = service(url, "sk_live_planted").unwrap_err();
            assert_eq!((error.code(), error.field()), ("configuration", Some("base_url")), "{url}");
            assert!(!error.to_string().contains("evil") && !error.to_string().contains("u:p"), "{error}");
        }
        for (url, problem) in [
            ("a.b", "is not a URL; it must start with https:// or http://"),
            ("", "is empty; it must start with https:// or http://"),
            ("\"https://a.example\"", "begins with a quote; remove the quotes"),
            ("http://localhost:1278O", "has an invalid port; use a number from 0 to 65535"),
            ("http://localhost:99999", "has an invalid port; use a number from 0 to 65535"),
            ("https://", "has an invalid host; use a form such as https://host:port"),
            ("https://a b.example", "has an invalid host; use a form such as https://host:port"),
            ("https://[::1", "has an invalid host; use a form such as https://host:port"),
        ] {
            assert_eq!(
                service(url, "sk_live_planted").unwrap_err().to_string(),
                format!("base_url {problem}")
            );
        }
        assert!(service("http://sandbox:12780", "sk_sandbox_local").is_ok());
        assert!(service("http://sandbox:12780", "sk_case_x.1").is_ok());
    }
}
