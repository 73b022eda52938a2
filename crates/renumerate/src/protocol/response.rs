//! Raw HTTP responses, and the parts of them that errors contain. These parts are redacted and truncated.

use std::time::SystemTime;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName};

use super::json::{is_json, members, text};
use crate::error::ResponseContext;
use crate::model::id_prefixes;
use crate::redact::{BrandKey, IdMatch, redact};
use crate::retry;

/// Maximum number of bytes that are read of a response body.
pub(crate) const BODY_MAX_BYTES: usize = 1024 * 1024;

/// Maximum number of characters that an error keeps of a server's text.
pub(crate) const TEXT_MAX_CHARS: usize = 512;

/// The headers that may contain the service's request id, in order of precedence.
const REQUEST_ID_HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("x-request-id"), HeaderName::from_static("request-id")];

/// A response before decoding.
#[derive(Debug)]
pub(crate) struct RawResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The body, at most [`BODY_MAX_BYTES`] long.
    pub(crate) body: Vec<u8>,
    /// Whether the body was longer than [`BODY_MAX_BYTES`].
    pub(crate) too_long: bool,
}

impl RawResponse {
    /// Returns the redacted text of a header, or `None` if the header is absent or empty.
    pub(crate) fn header(&self, name: &HeaderName, key: &BrandKey) -> Option<String> {
        let value = self.headers.get(name)?;
        let text = truncate(&redact_text(&String::from_utf8_lossy(value.as_bytes()), key, IdMatch::Strict));
        (!text.is_empty()).then_some(text)
    }

    /// Returns the request id, if the service sent one.
    pub(crate) fn request_id(&self, key: &BrandKey) -> Option<String> {
        REQUEST_ID_HEADERS.iter().find_map(|name| self.header(name, key))
    }

    /// Returns the redacted beginning of the body.
    fn body_text(&self, key: &BrandKey) -> String {
        // A successful response that cannot be decoded may contain a session id in an unknown form.
        let ids = if (200..300).contains(&self.status) { IdMatch::Heuristic } else { IdMatch::Strict };
        truncate(&redact_text(&String::from_utf8_lossy(&self.body), key, ids))
    }

    /// Returns the parts of the response that an error keeps.
    pub(crate) fn context(&self, key: &BrandKey, now: SystemTime) -> ResponseContext {
        ResponseContext {
            status: self.status,
            request_id: self.request_id(key),
            content_type: self.header(&CONTENT_TYPE, key),
            body: Some(self.body_text(key)),
            has_message: false,
            retry_after: retry::retry_after(&self.headers, now),
        }
    }

    /// Returns the service's error message: the text in `error` or in `error.message`. Returns `None` if the body has
    /// another form, so it is probably not the service's.
    pub(crate) fn service_error(&self) -> Option<String> {
        let body = String::from_utf8_lossy(&self.body);
        members(body.as_bytes(), "error")
            .ok()?
            .into_iter()
            .find_map(|error| text(error).or_else(|| find_text(error.get().as_bytes(), "message")))
    }

    /// Returns the server's error message, if the body has one.
    pub(crate) fn error_message(&self, key: &BrandKey) -> Option<String> {
        let message = self.service_error().or_else(|| find_text(&self.body, "message"))?;
        let message = truncate(&redact_text(&message, key, IdMatch::Strict));
        (!message.trim().is_empty()).then_some(message)
    }

    /// Returns a description of an unexpected body, for an error message.
    pub(crate) fn describe_body(&self, key: &BrandKey) -> String {
        let text = self.body_text(key);
        let text = text.trim();
        if text.is_empty() {
            "an empty body".to_owned()
        } else if let Some(encoding) = self.header(&CONTENT_ENCODING, key) {
            format!("a compressed body ({encoding}), which was not requested")
        } else if self.header(&CONTENT_TYPE, key).is_some_and(|content_type| content_type.contains("html"))
            || text.starts_with('<')
        {
            "an HTML page, which is not the Renumerate API".to_owned()
        } else if !is_json(&self.body) {
            format!("a body that is not JSON: {text}")
        } else {
            format!("the undocumented body {text}")
        }
    }
}

/// Removes control characters from a server's text, and masks the key and session ids of all endpoints.
pub(crate) fn redact_text(text: &str, key: &BrandKey, ids: IdMatch) -> String {
    redact(text, key, ids, &id_prefixes())
}

/// Returns the text of the first member `name` of a JSON object that is text.
fn find_text(json: &[u8], name: &str) -> Option<String> {
    members(json, name).ok()?.into_iter().find_map(text)
}

fn truncate(text: &str) -> String {
    text.chars().take(TEXT_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::HeaderValue;

    fn response(body: &str) -> RawResponse {
        RawResponse {
            status: 400,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
            too_long: false,
        }
    }

    fn key() -> BrandKey {
        BrandKey::new("sk_live_planted").unwrap()
    }

    #[test]
    fn blank_error_message_counts_as_absent() {
        for message in ["", " ", r"\n\t", r"\u3000"] {
            let body = format!(r#"{{"error":"{message}"}}"#);
            assert_eq!(response(&body).error_message(&key()), None, "{body}");
        }
    }

    #[test]
    fn html_is_recognized_by_its_content_type_or_its_first_character() {
        let with_type = |content_type, body| {
            let mut raw = response(body);
            raw.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            raw
        };
        for raw in [response(" <p>Bad Gateway</p>"), with_type("text/html", "Bad Gateway")] {
            assert!(raw.describe_body(&key()).contains("HTML page"), "{raw:?}");
        }
        let plain = with_type("text/plain", "1 < 2").describe_body(&key());
        assert_eq!(plain, "a body that is not JSON: 1 < 2");
        let followed = with_type("application/json", "\u{feff}{\"ok\":1} proxy").describe_body(&key());
        assert!(followed.starts_with("the undocumented body "), "{followed}");
    }
}
