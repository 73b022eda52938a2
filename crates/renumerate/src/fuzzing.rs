//! Gives the fuzz targets access to internal functions. These are not part of the public API and may change in any
//! release.

use std::time::{Duration, SystemTime};

use http::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::config::{ResolvedEndpoints, service_url};
use crate::error::Result;
use crate::model::{AnySession, EndpointKind, Session, SessionKind, SessionRequest};
use crate::protocol::{self, BODY_MAX_BYTES, RawResponse};
use crate::redact::BrandKey;
use crate::retry;

/// Maximum length of a server's text in an error, in characters.
pub const TEXT_MAX_CHARS: usize = protocol::TEXT_MAX_CHARS;

/// Header names and values as bytes. Pairs that are not valid HTTP headers are ignored, because the HTTP library never
/// returns such pairs.
pub type Headers<'a> = &'a [(&'a [u8], &'a [u8])];

/// Decodes one response with the same code as a call of a client.
///
/// # Errors
///
/// The error that the response represents, or a configuration error if the key is invalid.
pub fn decode<K: SessionKind>(
    status: u16,
    headers: Headers<'_>,
    body: &[u8],
    key: &str,
) -> Result<Session<K>> {
    let kept = body.get(..BODY_MAX_BYTES).unwrap_or(body);
    let response = RawResponse {
        status,
        headers: header_map(headers),
        body: kept.to_vec(),
        too_long: body.len() > kept.len(),
    };
    let decoded = protocol::decode(K::ENDPOINT, &response, &BrandKey::new(key)?, || SystemTime::UNIX_EPOCH)?;
    let session = AnySession::new(decoded.id, K::ENDPOINT.widget, decoded.request_id, Vec::new());
    Ok(Session::from_any(session))
}

/// Returns the delay that the headers of a response ask for.
pub fn retry_after(headers: Headers<'_>, now: SystemTime) -> Option<Duration> {
    retry::retry_after(&header_map(headers), now)
}

/// Parses a base URL. Returns the parsed URL and the request URL of each endpoint.
///
/// # Errors
///
/// A configuration error if the text is not a usable base URL, or the key is invalid.
pub fn routes(base_url: &str, key: &str) -> Result<(Url, [Url; EndpointKind::ALL.len()])> {
    let base_url = service_url(base_url, &BrandKey::new(key)?)?;
    let endpoints = ResolvedEndpoints::new(&base_url, None);
    let urls = EndpointKind::ALL.map(|kind| endpoints.of(kind.endpoint()).url.clone());
    Ok((base_url, urls))
}

/// Encodes a request as its JSON body.
///
/// # Errors
///
/// An error if a parameter cannot be encoded as JSON.
pub fn encode<K: SessionKind>(request: &SessionRequest<K>) -> Result<Vec<u8>> {
    protocol::encode(K::ENDPOINT, &request.parameters().pairs())
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
