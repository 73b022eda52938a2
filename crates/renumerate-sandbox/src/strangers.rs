//! Pages of other machines in a browser on this one. What they ask for they cannot read, but they could change it: the
//! browser says of each request whose page it comes from.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::router::{Shared, error};

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what a page of another machine asks for, where the browser names its origin: all but plain loads do.
pub(crate) async fn no_foreign_origin(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let host = only(headers, &HOST);
    let is_own = |origin: &str| is_own_origin(origin, host, shared.listens_on);
    if headers.get_all(ORIGIN).iter().all(|origin| origin.to_str().is_ok_and(is_own)) {
        return next.run(request).await;
    }
    let reason = "The sandbox's own paths answer pages of this machine alone; the request's Origin is another. Ask by a \
                  program, or from a page on localhost";
    error(StatusCode::FORBIDDEN, reason)
}

/// Refuses plain loads of such a page, as an image or a frame. An origin that was named has been judged.
pub(crate) async fn no_other_site(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let cross_site = headers.get_all(SITE).iter().any(|site| site == "cross-site");
    if !cross_site || headers.contains_key(ORIGIN) {
        return next.run(request).await;
    }
    let reason = "The sandbox's own paths answer no page of another site (Sec-Fetch-Site: cross-site). Open the address by \
                  itself";
    error(StatusCode::FORBIDDEN, reason)
}

/// The value of a header that came once.
pub(crate) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Whether a `Host` header is of this machine; its port may be another, where ports are mapped.
#[cfg(feature = "widgets")]
pub(crate) fn is_here(host: &str, listens_on: IpAddr) -> bool {
    let name = without_port(host);
    // Who listens on all addresses is asked for by any of them, and no name can be made to look like one.
    is_of_this_machine(name, listens_on) || listens_on.is_unspecified() && address(name).is_some()
}

/// Whether an `Origin` header is of this machine, for a request with this `Host`.
fn is_own_origin(origin: &str, host: Option<&str>, listens_on: IpAddr) -> bool {
    let Some(of) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) else {
        return false;
    };
    let name = without_port(of);
    // Which of all addresses is its own is known by the one that it was asked under.
    let asked = || host.and_then(|host| address(without_port(host)));
    is_of_this_machine(name, listens_on)
        || listens_on.is_unspecified() && address(name).is_some() && address(name) == asked()
}

fn is_of_this_machine(name: &str, listens_on: IpAddr) -> bool {
    if let Some(address) = address(name) {
        return address.is_loopback() || listens_on == address;
    }
    // Names below localhost are loopback too, in every browser.
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
    use super::*;

    const HERE: [&str; 7] = [
        "localhost",
        "LOCALHOST:12780",
        "a.localhost:1",
        "127.0.0.1:12780",
        "127.9.9.9",
        "[::1]:12780",
        "[::1]",
    ];

    const ELSEWHERE: [&str; 11] = [
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

    fn listening_on() -> [IpAddr; 3] {
        ["127.0.0.1", "192.168.1.7", "0.0.0.0"].map(|address| address.parse().unwrap())
    }

    #[cfg(feature = "widgets")]
    #[test]
    fn names_and_addresses_of_this_machine_alone_are_here() {
        let [loopback, lan, all] = listening_on();
        for host in HERE {
            assert!(is_here(host, loopback) && is_here(host, lan), "{host}");
        }
        for host in ELSEWHERE {
            assert!(!is_here(host, loopback) && !is_here(host, all), "{host}");
        }
        assert!(is_here("192.168.1.7:12780", lan) && is_here("192.168.1.7:12780", all));
        assert!(!is_here("192.168.1.7:12780", loopback) && !is_here("192.168.1.8", lan));
    }

    #[test]
    fn origins_of_this_machine_alone_are_own() {
        let [loopback, lan, all] = listening_on();
        let own = |origin: &str, host: &str, on| is_own_origin(origin, Some(host), on);
        for (scheme, name) in HERE.iter().flat_map(|name| [("http", name), ("https", name)]) {
            let origin = format!("{scheme}://{name}");
            assert!([loopback, lan, all].iter().all(|on| own(&origin, "sandbox:12780", *on)), "{origin}");
            assert!(!own(name, name, loopback) && !own(&format!("file://{name}"), name, all), "{name}");
        }
        for name in ELSEWHERE {
            let origin = format!("http://{name}");
            assert!(![loopback, lan, all].iter().any(|on| own(&origin, name, *on)), "{origin}");
        }
        let of_lan = "http://192.168.1.7:12780";
        assert!(own(of_lan, "sandbox", lan) && own(of_lan, "192.168.1.7", all));
        assert!(!own(of_lan, "192.168.1.7", loopback), "it is not its own");
        assert!(!own(of_lan, "192.168.1.8:12780", all) && !is_own_origin(of_lan, None, all), "nor here");
    }
}
