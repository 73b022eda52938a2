//! Which base URLs are taken, and where calls go with them.

use std::net::IpAddr;

use renumerate::fuzzing::routes;
use reqwest::Url;

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
        let place = |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port());
        assert_eq!(place(url), place(&base), "{text:?} leads elsewhere: {url}");
        let below = url.path().strip_suffix(path).expect("the endpoint's path ends the URL's");
        assert_eq!(below, base.path().trim_end_matches('/'), "{url} is below {base}");
        let more = (url.username(), url.password(), url.query(), url.fragment());
        assert_eq!(more, ("", None, None, None), "{url}");
        // What the HTTP library would make of it again.
        assert_eq!(Url::parse(url.as_str()).as_ref(), Ok(url));
    }
}

/// By address, not by text, as the socket will have it.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().expect("a URL of http has a host");
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
