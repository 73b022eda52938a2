//! The route to the service: directly or through a proxy. It is chosen once, when a client is built.

mod no_proxy;
mod server;

use url::Url;

use super::env::SettingSource;
use super::url::is_loopback;
use crate::error::{Error, Message, Name, Result};
pub(crate) use no_proxy::never_matching;
pub(crate) use server::ProxyServer;
use server::unquoted;

/// A lookup of an environment variable.
type Environment<'a> = &'a dyn Fn(&'static str) -> Result<Option<String>>;

/// Environment variables that can name a proxy, by priority. The first one that is not empty counts.
const FOR_HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const FOR_HTTP: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// Environment variables that name the hosts to reach without a proxy.
pub(crate) const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The route to the service.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// A direct connection.
    Direct(DirectReason),
    /// A proxy, and the source of its URL.
    Proxy(ProxyServer, SettingSource),
}

/// Reason why no proxy is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DirectReason {
    /// The service is on this machine.
    Loopback,
    /// None of these variables is set.
    NotSet([&'static str; 4]),
    /// The variable that names a proxy is ignored, because the variable of exceptions contains the host.
    Exception {
        /// Variable that names the proxy.
        proxy: &'static str,
        /// Variable that contains the host.
        exceptions: &'static str,
    },
    /// `HTTP_PROXY` is ignored in a CGI program. There, it is the header `Proxy` of a request, which anyone can send.
    Cgi,
}

impl Route {
    /// Returns the proxy, if there is one.
    pub(crate) fn proxy(&self) -> Option<&ProxyServer> {
        match self {
            Self::Direct(_) => None,
            Self::Proxy(server, _) => Some(server),
        }
    }

    /// Returns the source of the proxy's URL.
    pub(crate) fn source(&self) -> SettingSource {
        match self {
            Self::Direct(_) => SettingSource::Default,
            Self::Proxy(_, source) => *source,
        }
    }
}

/// Chooses the route to the base URL.
///
/// # Errors
///
/// A configuration error if the URL of the proxy is invalid. The error does not contain the URL, because it may contain
/// credentials.
pub(super) fn choose(base_url: &Url, explicit: Option<&str>, environment: Environment<'_>) -> Result<Route> {
    let explicit = explicit.map(|url| parse(Name("proxy").into(), url)).transpose()?;
    if is_loopback(base_url) {
        return Ok(Route::Direct(DirectReason::Loopback));
    }
    if let Some(server) = explicit {
        return Ok(Route::Proxy(server, SettingSource::Explicit));
    }
    let is_http = base_url.scheme() == "http";
    let names = if is_http { FOR_HTTP } else { FOR_HTTPS };
    let is_cgi = is_http && environment("REQUEST_METHOD")?.is_some();
    // On Windows, both names are the same variable.
    let is_request_header = |name| name == "HTTP_PROXY" || (cfg!(windows) && name == "http_proxy");
    let usable = names.into_iter().filter(|name| !is_cgi || !is_request_header(*name));
    let Some((proxy, url)) = first_set(usable, environment)? else {
        let is_ignored = is_cgi && first_set(["HTTP_PROXY"], environment)?.is_some();
        return Ok(Route::Direct(if is_ignored { DirectReason::Cgi } else { DirectReason::NotSet(names) }));
    };
    if let Some((exceptions, hosts)) = first_set(NO_PROXY, environment)?
        && no_proxy::matches(&hosts, base_url)
    {
        return Ok(Route::Direct(DirectReason::Exception { proxy, exceptions }));
    }
    Ok(Route::Proxy(parse(proxy.into(), &url)?, SettingSource::Variable(proxy)))
}

/// Returns the name and the value of the first variable that contains more than spaces and quotes.
fn first_set(
    names: impl IntoIterator<Item = &'static str>,
    environment: Environment<'_>,
) -> Result<Option<(&'static str, String)>> {
    for name in names {
        if let Some(value) = environment(name)?.filter(|value| !unquoted(value).is_empty()) {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}

/// Parses the URL of a proxy. `setting` is the option or the variable that contains it.
fn parse(setting: Message, url: &str) -> Result<ProxyServer> {
    ProxyServer::parse(unquoted(url)).map_err(|problem| {
        let remedy = "use http://[user:password@]host[:port]";
        Error::configuration(Name("proxy"), setting + " " + problem, remedy)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::VARIABLES;
    use base64::prelude::{BASE64_STANDARD, Engine as _};

    const SERVICE: &str = "https://api.example.com";

    fn chosen(base_url: &str, explicit: Option<&str>, variables: &[(&str, &str)]) -> Result<Route> {
        let environment = |name: &'static str| {
            assert!(VARIABLES.contains(&name), "{name}");
            let found = variables.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        };
        choose(&Url::parse(base_url).unwrap(), explicit, &environment)
    }

    /// Returns the address of the proxy with its source, or `direct`.
    fn route(base_url: &str, variables: &[(&str, &str)]) -> String {
        match chosen(base_url, None, variables).unwrap() {
            Route::Proxy(server, SettingSource::Variable(name)) => format!("{name} {server}"),
            Route::Proxy(..) => panic!("a variable names the proxy"),
            Route::Direct(_) => "direct".to_owned(),
        }
    }

    /// Rules: S14
    #[test]
    fn first_variable_for_the_scheme_that_is_not_empty_counts() {
        let p = "http://p:1";
        for (variables, https, http) in [
            (&[][..], "direct", "direct"),
            (&[("HTTPS_PROXY", p)], "HTTPS_PROXY p:1", "direct"),
            (&[("http_proxy", p)], "direct", "http_proxy p:1"),
            (&[("HTTP_PROXY", p)], "direct", "HTTP_PROXY p:1"),
            (&[("all_proxy", p)], "all_proxy p:1", "all_proxy p:1"),
            (&[("HTTPS_PROXY", p), ("ALL_PROXY", "q")], "HTTPS_PROXY p:1", "ALL_PROXY q:80"),
            (&[("HTTPS_PROXY", ""), ("https_proxy", p)], "https_proxy p:1", "direct"),
            (&[("HTTPS_PROXY", " ''\n"), ("ALL_PROXY", p)], "ALL_PROXY p:1", "ALL_PROXY p:1"),
            (&[("HTTP_PROXY", p), ("REQUEST_METHOD", "GET")], "direct", "direct"),
            (
                &[("HTTP_PROXY", p), ("REQUEST_METHOD", ""), ("ALL_PROXY", "q")],
                "ALL_PROXY q:80",
                "ALL_PROXY q:80",
            ),
            (&[("HTTPS_PROXY", p), ("REQUEST_METHOD", "GET")], "HTTPS_PROXY p:1", "direct"),
        ] {
            assert_eq!(route(SERVICE, variables), https, "{variables:?}");
            assert_eq!(route("http://sandbox.example", variables), http, "{variables:?}");
        }
        assert_eq!(route("http://127.0.0.1:1", &[("ALL_PROXY", p)]), "direct");
        let cgi = chosen("http://s.example", None, &[("HTTP_PROXY", p), ("REQUEST_METHOD", "GET")]).unwrap();
        assert!(matches!(cgi, Route::Direct(DirectReason::Cgi)), "{cgi:?}");
    }

    /// Rules: S14
    #[test]
    fn option_has_priority_over_variables() {
        let variables = &[("HTTPS_PROXY", "https://p:1"), ("NO_PROXY", "*")];
        let route = chosen(SERVICE, Some("https://q"), variables).unwrap();
        assert!(
            matches!(&route, Route::Proxy(q, SettingSource::Explicit) if q.uses_tls && q.port == 443),
            "{route:?}"
        );
        let loopback = chosen("http://localhost:1", Some("https://q"), &[]).unwrap();
        assert!(matches!(loopback, Route::Direct(DirectReason::Loopback)));
        assert_eq!(
            self::route(SERVICE, &[("https_proxy", "[2001:db8::1]:3128")]),
            "https_proxy [2001:db8::1]:3128"
        );
    }

    /// Rules: S14
    #[test]
    fn proxy_url_is_accepted_as_people_write_it() {
        for (url, server, credentials) in [
            ("http://p:3128", "p:3128", None),
            (" \"http://p:3128/\"\n", "p:3128", None),
            ("'p:3128'", "p:3128", None),
            ("p", "p:80", None),
            ("HTTPS://p", "p:443", None),
            ("http://p:/path?query", "p:80", None),
            ("http://[2001:db8::1]:3128", "[2001:db8::1]:3128", None),
            ("2001:db8::1", "[2001:db8::1]:80", None),
            ("http://münchen.example", "xn--mnchen-3ya.example:80", None),
            ("http://user:password@p:1", "p:1", Some("user:password")),
            ("http://user@p:1", "p:1", Some("user:")),
            ("http://user:p@ss@p:1", "p:1", Some("user:p@ss")),
            ("http://user:p%40ss%zz%@p:1", "p:1", Some("user:p@ss%zz%")),
            ("http://user:p#s/s?:@p:1/", "p:1", Some("user:p#s/s?:")),
            (r"http://CORP\user:a b@p:1", "p:1", Some(r"CORP\user:a b")),
            ("user:a://b@p:1", "p:1", Some("user:a://b")),
            ("http://user:é@p:1", "p:1", Some("user:é")),
        ] {
            let Ok(Route::Proxy(proxy, _)) = chosen(SERVICE, None, &[("HTTPS_PROXY", url)]) else {
                panic!("{url}")
            };
            assert_eq!(proxy.to_string(), server, "{url}");
            let header = credentials.map(|plain| format!("Basic {}", BASE64_STANDARD.encode(plain)));
            assert_eq!(
                proxy.credentials.as_ref().map(|value| value.to_str().unwrap()),
                header.as_deref(),
                "{url}"
            );
            assert!(credentials.is_none() || !format!("{proxy:?}").contains("user"), "{proxy:?}");
        }
    }

    /// Rules: S14, E1
    #[test]
    fn unusable_proxy_is_rejected_by_name_if_it_would_be_used() {
        for url in [
            "socks5://user:planted@p:1080",
            "http://user:planted@",
            "http://",
            "http://p:planted",
            "http://p:0",
            "http://p:65536",
            "http://user:planted@p p",
            "http://[planted]:1",
            "http://planted|p",
            "ftp://planted",
        ] {
            let from_variable = chosen(SERVICE, None, &[("https_proxy", url)]).unwrap_err();
            assert!(from_variable.message().starts_with("https_proxy "), "{from_variable}");
            let explicit = chosen("http://127.0.0.1:1", Some(url), &[]).unwrap_err();
            assert!(explicit.message().starts_with("proxy "), "{explicit}");
            for error in [from_variable, explicit] {
                assert_eq!((error.code(), error.field()), ("configuration", Some("proxy")));
                assert!(!format!("{error:?} {error}").contains("planted"), "{error:?}");
            }
            assert_eq!(route("http://127.0.0.1:1", &[("ALL_PROXY", url)]), "direct");
            assert_eq!(route(SERVICE, &[("HTTPS_PROXY", url), ("NO_PROXY", "example.com")]), "direct");
        }
        assert!(chosen(SERVICE, Some(""), &[]).is_err());
    }

    /// Rules: S14
    #[test]
    fn no_proxy_accepts_the_forms_of_curl_and_go() {
        let matching = |base_url: &str, no_proxy: &str| {
            route(base_url, &[("HTTPS_PROXY", "p"), ("HTTP_PROXY", "p"), ("NO_PROXY", no_proxy)]) == "direct"
        };
        for no_proxy in [
            "api.example.com",
            "API.Example.COM.",
            "example.com",
            ".example.com",
            "*.example.com",
            "com",
            "*",
            "localhost *",
            "localhost, api.example.com",
            "localhost\tapi.example.com\n",
            "'localhost api.example.com'",
            "api.example.com:443",
            "*.example.com:443",
        ] {
            assert!(matching(SERVICE, no_proxy), "{no_proxy}");
            assert!(matching("https://api.example.com.", no_proxy), "{no_proxy}");
        }
        for no_proxy in [
            "",
            "xample.com",
            "pi.example.com",
            "*.api.example.com",
            "api.example.com:80",
            "localhost|api.example.com",
            "192.0.2.1",
        ] {
            assert!(!matching(SERVICE, no_proxy), "{no_proxy}");
        }
        for (base_url, no_proxy, expected) in [
            ("https://192.0.2.7", "*", true),
            ("https://192.0.2.7", "192.0.2.7", true),
            ("https://192.0.2.7:8443", "192.0.2.7:8443", true),
            ("https://192.0.2.7:8443", "192.0.2.7:443", false),
            ("https://192.0.2.7", "192.0.2.0/24", true),
            ("https://192.0.2.7", "::ffff:192.0.2.7", true),
            ("https://192.0.2.7", "192.0.3.0/24", false),
            ("https://192.0.2.7", "2.7", false),
            ("https://[2001:db8::7]", "2001:db8::7", true),
            ("https://[2001:db8::7]", "[2001:db8::7]:443", true),
            ("https://[2001:db8::7]", "[2001:db8:0::7]", true),
            ("https://[2001:db8::7]", "2001:db8::/32", true),
            ("https://[2001:db8::7]", "192.0.2.0/24", false),
            ("http://sandbox:12780", "sandbox:12780", true),
            ("http://sandbox:12780", "sandbox:80", false),
            ("http://sandbox", "sandbox:80", true),
        ] {
            assert_eq!(matching(base_url, no_proxy), expected, "{base_url} {no_proxy}");
        }
        let both = [("HTTPS_PROXY", "p"), ("NO_PROXY", ""), ("no_proxy", "example.com")];
        let route = chosen(SERVICE, None, &both).unwrap();
        let reason = DirectReason::Exception { proxy: "HTTPS_PROXY", exceptions: "no_proxy" };
        assert!(matches!(route, Route::Direct(direct) if direct == reason), "{route:?}");
    }

    /// Rules: S14
    #[test]
    fn entries_of_no_proxy_that_match_no_host_are_found() {
        let variable =
            "localhost|a.example 10.* 10.0.0 http://b.example c.example:https 10.0.0.0/40 a.example, *, ::1";
        let found: Vec<_> = never_matching(variable).collect();
        assert_eq!(
            found,
            ["localhost|a.example", "10.*", "10.0.0", "http://b.example", "c.example:https", "10.0.0.0/40"]
        );
    }
}
