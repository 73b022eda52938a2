//! Base URLs: which are accepted, and the URLs of the endpoints below them.

use std::net::IpAddr;

use renumerate::fuzzing::routes;
use url::Url;

const WORDS: &[&str] = &[
    "https://",
    "http://",
    "https:",
    "ftp://",
    "/",
    "//",
    "\\",
    "@",
    ":",
    "?",
    "#",
    ".",
    "..",
    "%2e",
    "%2f",
    "%",
    "[",
    "]",
    "[::1]",
    "::ffff:127.0.0.1",
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "2130706433",
    "0",
    "localhost",
    "localhost.",
    "a.b",
    "api.renumerate.com",
    ":80",
    ":443",
    ":65536",
    "user:planted@",
    "xn--",
    "\u{fc}",
    "\u{3002}",
    "\u{0}",
    "\n",
    "\t",
    " ",
    "v1",
    "/v1/retention/session",
    "\u{ad}",
    "%00",
    "\u{ff0e}",
    "\u{2488}",
];

const PATHS: [&str; 2] = ["/v1/retention/session", "/v1/subscription/session"];

#[test]
fn fuzz() {
    crate::fuzz!(WORDS, |input: &[u8]| {
        let text = String::from_utf8_lossy(input);
        check(&text, "sk_live_planted", false);
        check(&text, "sk_sandbox_planted", true);
    });
}

fn check(text: &str, key: &str, plain_http_anywhere: bool) {
    let (base, urls) = match routes(text, key) {
        Ok(routes) => routes,
        Err(error) => {
            assert_eq!((error.code(), error.field()), ("configuration", Some("base_url")));
            let shown = format!("{error} {error:?}");
            assert!(shown.len() < 1_000 && !shown.contains("planted"), "{shown}");
            return;
        }
    };
    let secure = base.scheme() == "https";
    assert!(secure || base.scheme() == "http" && (plain_http_anywhere || is_loopback(&base)), "{base}");
    for (url, path) in urls.iter().zip(PATHS) {
        let origin = |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port());
        assert_eq!(origin(url), origin(&base), "{text:?} changed the origin: {url}");
        let prefix = url.path().strip_suffix(path).expect("URL without the endpoint's path");
        assert_eq!(prefix, base.path().trim_end_matches('/'), "{url} is not below {base}");
        let others = (url.username(), url.password(), url.query(), url.fragment());
        assert_eq!(others, ("", None, None, None), "{url}");
        // The HTTP library parses the URL again, without a change.
        assert_eq!(Url::parse(url.as_str()).as_ref(), Ok(url));
    }
}

/// Compares the address and not the text, because the socket uses the address.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().expect("HTTP URL without a host");
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
