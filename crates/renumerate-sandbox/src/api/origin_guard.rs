//! Protection against foreign pages: pages of other sites that are open in a browser on this machine. Such pages cannot
//! read the sandbox's responses, but their requests could change the sandbox's state. The sandbox recognizes these
//! requests by the headers `Origin` and `Sec-Fetch-Site`, which the browser sets.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;

use super::error;
use crate::state::{AppState, Settings};

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Protects routes that return data or change state: rejects all requests that pages of other sites send.
pub(crate) fn protect_data(routes: Router, state: &Arc<AppState>) -> Router {
    protect_pages(routes.route_layer(from_fn(reject_cross_site)), state)
}

/// Protects routes that return HTML pages. Pages of other sites may link to these routes, so requests without an
/// `Origin` header are accepted.
pub(crate) fn protect_pages(routes: Router, state: &Arc<AppState>) -> Router {
    routes.route_layer(from_fn_with_state(Arc::clone(state), reject_foreign_origin))
}

/// Rejects requests whose `Origin` header names another site. Browsers send this header with every request except plain
/// loads, for example of a link or an image.
async fn reject_foreign_origin(State(state): State<Arc<AppState>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = single_value(headers, &HOST);
    let is_own = |origin: &str| is_allowed_origin(origin, host, &state.settings);
    if headers.get_all(ORIGIN).iter().all(|origin| origin.to_str().is_ok_and(is_own)) {
        return next.run(request).await;
    }
    let reason = "The sandbox's own paths accept only pages of this machine, but the Origin of the request is foreign. \
                  Use a program, or a page on localhost";
    error(StatusCode::FORBIDDEN, reason)
}

/// Rejects requests that a page of another site sends without an `Origin` header, for example to load an image or a
/// frame. `reject_foreign_origin` checks the requests that have this header.
async fn reject_cross_site(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let cross_site = headers.get_all(SITE).iter().any(|site| site == "cross-site");
    if !cross_site || headers.contains_key(ORIGIN) {
        return next.run(request).await;
    }
    let reason = "The sandbox's own paths do not accept requests of other sites (Sec-Fetch-Site: cross-site). Open the \
                  address directly";
    error(StatusCode::FORBIDDEN, reason)
}

/// Returns the value of a header; `None` if the header is absent, occurs more than once, or is not ASCII text.
pub(crate) fn single_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Returns whether a `Host` header names this machine or an allowed origin. If the header names this machine, its port
/// is ignored, because a container may publish the sandbox on another port.
#[cfg(feature = "widgets")]
pub(crate) fn is_local_host(host: &str, settings: &Settings) -> bool {
    let bind_address = settings.bind_address;
    let name = without_port(host);
    // If the sandbox listens on all addresses, every IP address is accepted. This is safe, because a DNS rebinding
    // attack needs a host name.
    is_of_this_machine(name, bind_address)
        || bind_address.is_unspecified() && address(name).is_some()
        || is_allowed_host(host, settings)
}

/// Returns whether a `Host` header contains the host and port of an allowed origin.
#[cfg(feature = "widgets")]
pub(crate) fn is_allowed_host(host: &str, settings: &Settings) -> bool {
    let mut hosts = settings.allowed_origins.iter().filter_map(|origin| Some(origin.split_once("://")?.1));
    hosts.any(|allowed| allowed.eq_ignore_ascii_case(host))
}

/// Returns whether an `Origin` header is an allowed origin or names this machine. `host` is the `Host` header of the
/// same request.
fn is_allowed_origin(origin: &str, host: Option<&str>, settings: &Settings) -> bool {
    if settings.allowed_origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let bind_address = settings.bind_address;
    let Some(authority) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) else {
        return false;
    };
    let name = without_port(authority);
    // If the sandbox listens on all addresses, the `Host` header tells which of these addresses the client used.
    let requested = || host.and_then(|host| address(without_port(host)));
    is_of_this_machine(name, bind_address)
        || bind_address.is_unspecified() && address(name).is_some() && address(name) == requested()
}

fn is_of_this_machine(name: &str, bind_address: IpAddr) -> bool {
    if let Some(address) = address(name) {
        return address.is_loopback() || bind_address == address;
    }
    // Browsers resolve names that end with `.localhost` to loopback addresses.
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn address(name: &str) -> Option<IpAddr> {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LOCAL: [&str; 7] = [
        "localhost",
        "LOCALHOST:12780",
        "a.localhost:1",
        "127.0.0.1:12780",
        "127.9.9.9",
        "[::1]:12780",
        "[::1]",
    ];

    const FOREIGN: [&str; 11] = [
        "",
        ":80",
        "evil.example",
        "evil.example:12780",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "notlocalhost",
        "localhost:80:evil",
        "localhost@evil.example",
        "0.0.0.0.nip.io",
        "null",
    ];

    /// Returns the settings of three sandboxes: on a loopback address, on a network address and on all addresses.
    fn settings() -> [Settings; 3] {
        ["127.0.0.1", "192.168.1.7", "0.0.0.0"].map(|address| Settings {
            url: String::new(),
            bind_address: address.parse().unwrap(),
            keys: Vec::new(),
            public_key: String::new(),
            allowed_origins: vec!["https://shop.test:8443".to_owned()],
            seed: None,
            client_timeout: Duration::ZERO,
        })
    }

    #[cfg(feature = "widgets")]
    #[test]
    fn only_hosts_of_this_machine_and_of_allowed_origins_are_local() {
        let [loopback, lan, all] = settings();
        for host in LOCAL {
            assert!(is_local_host(host, &loopback) && is_local_host(host, &lan), "{host}");
        }
        for host in FOREIGN {
            assert!(!is_local_host(host, &loopback) && !is_local_host(host, &all), "{host}");
        }
        assert!(is_local_host("192.168.1.7:12780", &lan) && is_local_host("192.168.1.7:12780", &all));
        assert!(!is_local_host("192.168.1.7:12780", &loopback) && !is_local_host("192.168.1.8", &lan));
        assert!(is_local_host("Shop.test:8443", &loopback) && !is_local_host("shop.test", &loopback));
    }

    #[test]
    fn only_origins_of_this_machine_and_allowed_origins_are_accepted() {
        let [loopback, lan, all] = settings();
        let allowed = |origin: &str, host: &str, on| is_allowed_origin(origin, Some(host), on);
        for (scheme, name) in LOCAL.iter().flat_map(|name| [("http", name), ("https", name)]) {
            let origin = format!("{scheme}://{name}");
            assert!(
                [&loopback, &lan, &all].iter().all(|on| allowed(&origin, "sandbox:12780", on)),
                "{origin}"
            );
            assert!(
                !allowed(name, name, &loopback) && !allowed(&format!("file://{name}"), name, &all),
                "{name}"
            );
        }
        for name in FOREIGN {
            let origin = format!("http://{name}");
            assert!(![&loopback, &lan, &all].iter().any(|on| allowed(&origin, name, on)), "{origin}");
        }
        let of_lan = "http://192.168.1.7:12780";
        assert!(allowed(of_lan, "sandbox", &lan) && allowed(of_lan, "192.168.1.7", &all));
        assert!(!allowed(of_lan, "192.168.1.7", &loopback), "another address");
        assert!(!allowed(of_lan, "192.168.1.8:12780", &all) && !is_allowed_origin(of_lan, None, &all));
        assert!(allowed("https://shop.test:8443", "sandbox", &loopback));
        assert!(!allowed("http://shop.test:8443", "sandbox", &loopback), "another scheme");
    }
}
