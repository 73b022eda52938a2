//! An answer as it came, and what may be shown of it: scrubbed of secrets, and truncate.

use std::time::SystemTime;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName};
use serde_json::Value;

use crate::error::ResponseContext;
use crate::redact::{BrandKey, IdMatch, redact};
use crate::retry;

/// How much of an answer is read.
pub(crate) const BODY_MAX_BYTES: usize = 1024 * 1024;

/// How much of a server's text an error keeps.
pub(crate) const TEXT_MAX_CHARS: usize = 512;

/// Where the service's own id of a request may stand.
const REQUEST_ID_HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("x-request-id"), HeaderName::from_static("request-id")];

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct RawResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// At most [`BODY_MAX_BYTES`].
    pub(crate) body: Vec<u8>,
    /// The body went on beyond that.
    pub(crate) too_long: bool,
}

impl RawResponse {
    /// A header's text.
    pub(crate) fn header(&self, name: &HeaderName, key: &BrandKey) -> Option<String> {
        let value = self.headers.get(name)?;
        let text = truncate(&redact(&String::from_utf8_lossy(value.as_bytes()), key, IdMatch::Strict));
        (!text.is_empty()).then_some(text)
    }

    /// The service's own id of the request.
    pub(crate) fn request_id(&self, key: &BrandKey) -> Option<String> {
        REQUEST_ID_HEADERS.iter().find_map(|name| self.header(name, key))
    }

    /// The beginning of the body.
    fn body_text(&self, key: &BrandKey) -> String {
        // A success that cannot be read may hold a session all the same.
        let ids = if (200..300).contains(&self.status) { IdMatch::Heuristic } else { IdMatch::Strict };
        truncate(&redact(&String::from_utf8_lossy(&self.body), key, ids))
    }

    /// What an error keeps of the answer.
    pub(crate) fn context(&self, key: &BrandKey, now: SystemTime) -> ResponseContext {
        ResponseContext {
            status: self.status,
            request_id: self.request_id(key),
            content_type: self.header(&CONTENT_TYPE, key),
            body: self.body_text(key),
            retry_after: retry::retry_after(&self.headers, now),
        }
    }

    /// The server's own words, else what can be said of the body.
    pub(crate) fn error_text(&self, key: &BrandKey) -> String {
        let json: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let words = ["/error", "/error/message", "/message"].iter().find_map(|at| json.pointer(at)?.as_str());
        match words.map(|words| truncate(&redact(words, key, IdMatch::Strict))) {
            Some(words) if !words.trim().is_empty() => words,
            _ => self.describe_body(key),
        }
    }

    /// What can be said of a body that is not what it should be.
    pub(crate) fn describe_body(&self, key: &BrandKey) -> String {
        let text = self.body_text(key);
        let text = text.trim();
        if text.is_empty() {
            "the body is empty".to_owned()
        } else if let Some(encoding) = self.header(&CONTENT_ENCODING, key) {
            format!("the body came compressed ({encoding}), which was not asked for")
        } else if self.header(&CONTENT_TYPE, key).is_some_and(|text| text.contains("html"))
            || text.starts_with('<')
        {
            "it is a page of HTML, probably from a proxy on the way".to_owned()
        } else {
            format!("it reads: {text}")
        }
    }
}

fn truncate(text: &str) -> String {
    text.chars().take(TEXT_MAX_CHARS).collect()
}
