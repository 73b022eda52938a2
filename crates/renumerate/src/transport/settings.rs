//! Settings of HTTP, for connections to the service and to proxies.

use hyper::client::conn::http1::Builder;

/// Returns the settings of HTTP/1.1. Proxies and firewalls add invalid headers to responses. Such a header is ignored,
/// because the service has already created the session of the response.
pub(super) fn http1() -> Builder {
    let mut builder = Builder::new();
    builder
        .ignore_invalid_headers_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .max_headers(256)
        .max_header_size(64 * 1024);
    builder
}
