//! What the fuzz targets see of the inside. It is no part of the public API: it may change in any release.

use std::time::{Duration, SystemTime};

use http::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::config::{ResolvedEndpoints, service_url};
use crate::error::Result;
use crate::model::{ENDPOINTS, Session, SessionKind, SessionRequest};
use crate::protocol::{self, BODY_MAX_BYTES, RawResponse, TEXT_MAX_CHARS as KEPT};
use crate::redact::BrandKey;
use crate::retry;

/// How much of a server's text an error keeps.
pub const TEXT_MAX_CHARS: usize = KEPT;

/// Names and values as bytes; a pair that is no header is passed over, as it would never come out of the HTTP library.
pub type Headers<'a> = &'a [(&'a [u8], &'a [u8])];

/// What a call would give its caller after this one answer.
///
/// # Errors
///
/// The error that the answer is, and one where the key is none.
pub fn decode<K: SessionKind>(
    status: u16,
    headers: Headers<'_>,
    body: &[u8],
    key: &str,
) -> Result<Session<K>> {
    let read = body.get(..BODY_MAX_BYTES).unwrap_or(body);
    let answer = RawResponse {
        status,
        headers: header_map(headers),
        body: read.to_vec(),
        too_long: body.len() > read.len(),
    };
    let granted = protocol::decode::<K>(&answer, &BrandKey::new(key)?, || SystemTime::UNIX_EPOCH)?;
    Ok(Session::new(granted.id, K::ENDPOINT.widget, granted.request_id, Vec::new()))
}

/// How long the headers ask to wait.
pub fn retry_after(headers: Headers<'_>, now: SystemTime) -> Option<Duration> {
    retry::retry_after(&header_map(headers), now)
}

/// The base URL that is made of the text, and where the calls of each endpoint would go.
///
/// # Errors
///
/// Where the text is no URL for the service, or the key is none.
pub fn routes(base_url: &str, key: &str) -> Result<(Url, [Url; 2])> {
    let base_url = service_url(base_url, &BrandKey::new(key)?)?;
    let routes = ResolvedEndpoints::new(&base_url, None);
    let urls = ENDPOINTS.map(|endpoint| routes.of(endpoint).url.clone());
    Ok((base_url, urls))
}

/// The body that a request is sent as.
///
/// # Errors
///
/// Where a parameter cannot be written as JSON.
pub fn encode<R: SessionRequest>(request: &R) -> Result<Vec<u8>> {
    protocol::encode(R::Kind::ENDPOINT, &request.parameters())
}

fn header_map(headers: Headers<'_>) -> HeaderMap {
    let header = |(name, value): &(&[u8], &[u8])| {
        Some((HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?))
    };
    let mut map = HeaderMap::new();
    for (name, value) in headers.iter().filter_map(header) {
        map.append(name, value);
    }
    map
}
