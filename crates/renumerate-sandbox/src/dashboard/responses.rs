//! Store of the responses to the latest requests. It is separate from the request log, because otherwise a large
//! response could evict requests from the log.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::redact::{KEY_MIN_BYTES, redact, redact_and_truncate};
use crate::state::{BoundedStore, Size};

/// Maximum number of stored responses.
const MAX_RESPONSES: usize = 500;

/// Maximum size of the stored responses in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// Maximum length of a stored body in bytes.
pub(super) const BODY_MAX_BYTES: usize = 1024;

/// Maximum total length of the stored headers of one response, in bytes.
const HEADERS_MAX_BYTES: usize = 2048;

/// Response, as the dashboard shows it. The header values share memory with the sent response. They are not copied,
/// because most stored responses are never shown.
#[derive(Clone, Debug)]
pub(super) struct CapturedResponse {
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// Beginning of the body.
    pub(super) body: Bytes,
    /// Number of bytes of the body that were sent.
    pub(super) bytes: u64,
}

impl CapturedResponse {
    /// Creates the record of a response whose body has not been sent yet. Redacts `keys` in the headers.
    pub(super) fn new(headers: &HeaderMap, keys: &[String]) -> Self {
        let mut remaining = HEADERS_MAX_BYTES;
        let headers = headers.iter().map_while(|(name, value)| {
            remaining = remaining.checked_sub(name.as_str().len() + value.len())?;
            Some((name.clone(), redact_value(value, keys)))
        });
        Self { headers: headers.collect(), body: Bytes::new(), bytes: 0 }
    }

    /// Sets the beginning of the body, in which `keys` are redacted, and the number of sent bytes.
    pub(super) fn set_body(&mut self, beginning: &Bytes, bytes: u64, keys: &[String]) {
        self.bytes = bytes;
        self.body = if beginning.len() > BODY_MAX_BYTES || keys.iter().any(|key| contains(beginning, key)) {
            let text = String::from_utf8_lossy(beginning);
            redact_and_truncate(&text, keys, BODY_MAX_BYTES).into_owned().into()
        } else {
            beginning.clone()
        };
    }
}

fn contains(bytes: &[u8], key: &str) -> bool {
    key.len() >= KEY_MIN_BYTES && bytes.windows(key.len()).any(|window| window == key.as_bytes())
}

fn redact_value(value: &HeaderValue, keys: &[String]) -> HeaderValue {
    if !keys.iter().any(|key| contains(value.as_bytes(), key)) {
        return value.clone();
    }
    let text = String::from_utf8_lossy(value.as_bytes());
    HeaderValue::from_bytes(redact(&text, keys).as_bytes()).unwrap_or(HeaderValue::from_static(""))
}

/// Store of the latest responses.
#[derive(Debug)]
pub(super) struct ResponseStore(BoundedStore<Entry>);

#[derive(Debug)]
struct Entry {
    /// Number of the request.
    request: usize,
    response: CapturedResponse,
}

impl Size for Entry {
    fn size(&self) -> usize {
        let headers = self.response.headers.iter();
        let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + 96).sum::<usize>();
        128 + headers + self.response.body.len()
    }
}

impl Default for ResponseStore {
    fn default() -> Self {
        Self(BoundedStore::new(MAX_RESPONSES, MAX_BYTES))
    }
}

impl ResponseStore {
    /// Stores a response. `request` is the number of the request to which the response belongs.
    pub(super) fn push(&mut self, request: usize, response: CapturedResponse) {
        self.0.push(Entry { request, response }, drop);
    }

    /// Changes the stored response to a request. Does nothing if the response was evicted.
    pub(super) fn update(&mut self, request: usize, update: impl FnOnce(&mut CapturedResponse)) {
        if let Some(number) = self.find(request).map(|(number, _)| number) {
            self.0.update(number, |entry| update(&mut entry.response), drop);
        }
    }

    /// Returns the stored response to a request; `None` if the response was evicted.
    pub(super) fn get(&self, request: usize) -> Option<&CapturedResponse> {
        self.find(request).map(|(_, entry)| &entry.response)
    }

    fn find(&self, request: usize) -> Option<(usize, &Entry)> {
        self.0.iter_from(0).rev().find(|(_, entry)| entry.request == request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_is_found_by_its_request_until_it_is_evicted() {
        let mut responses = ResponseStore::default();
        for request in 0..=MAX_RESPONSES {
            responses.push(request, CapturedResponse::new(&HeaderMap::new(), &[]));
        }
        responses.update(0, |_| panic!("the response was not evicted"));
        responses.update(MAX_RESPONSES, |response| response.set_body(&vec![b'x'; 5000].into(), 5000, &[]));
        assert!(responses.get(0).is_none());
        let last = responses.get(MAX_RESPONSES).unwrap();
        assert_eq!((last.body.len(), last.bytes), (BODY_MAX_BYTES, 5000));
    }
}
