//! The contract without I/O: the endpoint table, request bodies, and what an answer means.

use std::time::SystemTime;

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, LOCATION};
use serde_json::Value;

use crate::error::{Answer, Error, Result};
use crate::model::{SessionId, SessionKind};
use crate::retry;
use crate::secret::BrandKey;

/// The header that carries the brand's private key.
pub(crate) const KEY_HEADER: &str = "x-brand-key";

/// Where the service's own id of a request may stand.
const REQUEST_ID_HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("x-request-id"), HeaderName::from_static("request-id")];

/// How much of an answer is read.
pub(crate) const BODY_MAX_BYTES: usize = 1024 * 1024;

/// How much of a server's text an error keeps.
const TEXT_MAX_CHARS: usize = 512;

/// One of the service's endpoints: all that tells the two calls apart.
#[derive(Debug)]
pub struct Endpoint {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) envelope: &'static str,
    pub(crate) id_prefix: &'static str,
    pub(crate) parameters: &'static [&'static str],
    /// Where the vendor's widget for these sessions lives.
    pub(crate) widget: &'static str,
    /// The widget's path below a `widgets_base_url`.
    pub(crate) widget_path: &'static str,
}

pub(crate) static RETENTION: Endpoint = Endpoint {
    name: "retention",
    path: "/v1/retention/session",
    envelope: "retention",
    id_prefix: "ret_",
    parameters: &["customer_id", "customer_email", "subscription_id"],
    widget: "https://retention.renumerate.com",
    widget_path: "/retention",
};

pub(crate) static SUBSCRIPTION: Endpoint = Endpoint {
    name: "subscription",
    path: "/v1/subscription/session",
    envelope: "subscription",
    id_prefix: "sub_",
    parameters: &["customer_id", "customer_email"],
    widget: "https://subs.renumerate.com",
    widget_path: "/subs",
};

/// The table.
pub(crate) const ENDPOINTS: [&Endpoint; 2] = [&RETENTION, &SUBSCRIPTION];

/// The request body: the envelope around the parameters that are there, in the order of the vendor's page.
pub(crate) fn encode(endpoint: &Endpoint, parameters: &[(&'static str, Option<&str>)]) -> Result<Vec<u8>> {
    let mut body = Vec::with_capacity(128);
    let write = |body: &mut Vec<u8>, pieces: [&str; 3]| {
        for piece in pieces {
            body.extend_from_slice(piece.as_bytes());
        }
    };
    write(&mut body, ["{\"", endpoint.envelope, "\":{"]);
    let mut separator = "\"";
    for (name, value) in parameters {
        let Some(value) = value else { continue };
        write(&mut body, [separator, name, "\":"]);
        serde_json::to_writer(&mut body, value)
            .map_err(|error| Error::validation(*name, format!("{name} can't be written as JSON: {error}")))?;
        separator = ",\"";
    }
    body.extend_from_slice(b"}}");
    Ok(body)
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// At most [`BODY_MAX_BYTES`].
    pub(crate) body: Vec<u8>,
    /// The body went on beyond that.
    pub(crate) too_long: bool,
}

/// A session as an answer grants it.
#[derive(Debug)]
pub(crate) struct Granted<K: SessionKind> {
    pub(crate) id: SessionId<K>,
    pub(crate) request_id: Option<String>,
}

/// What an answer means: by its status alone from 400 on, by its JSON in the 200s, nothing good otherwise.
pub(crate) fn decode<K: SessionKind>(
    raw: &RawAnswer,
    key: &BrandKey,
    now: impl Fn() -> SystemTime,
) -> Result<Granted<K>> {
    let about = || kept(raw, key, now());
    let unexpected = |reason: String| Err(Error::unexpected_response(reason, about()));
    match raw.status {
        200..=299 if raw.too_long => unexpected("the body is over 1 MiB long".to_owned()),
        200..=299 => match find_id(&raw.body) {
            Err(error) => {
                let reason = format!("the body isn't the documented JSON: {}", describe_body(raw, key));
                Err(Error::unexpected_response(reason, about()).with_source(error))
            }
            Ok(None) => unexpected("the JSON has no text in id, nor in session.id".to_owned()),
            Ok(Some(id)) => match SessionId::parse(&id) {
                Some(id) => Ok(Granted { id, request_id: request_id(raw, key) }),
                None => unexpected(format!(
                    "the id isn't that of a {} session: it doesn't begin with {} and go on after it",
                    K::ENDPOINT.name,
                    K::ENDPOINT.id_prefix
                )),
            },
        },
        400.. => {
            let retryable = retry::is_retryable_status(raw.status);
            Err(Error::api(error_text(raw, key), about()).with_retryable(retryable))
        }
        300..=399 => {
            let target = header(raw, key, &LOCATION).unwrap_or_else(|| "nowhere".to_owned());
            unexpected(format!("a redirect to {target}, which is never followed, so that the key stays here"))
        }
        _ => unexpected("a status that ends no request".to_owned()),
    }
}

/// `id`, else `session.id`: the vendor documents both shapes.
fn find_id(body: &[u8]) -> serde_json::Result<Option<String>> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut json: Value = serde_json::from_slice(body)?;
    let mut text = |pointer| match json.pointer_mut(pointer).map(Value::take) {
        Some(Value::String(id)) => Some(id),
        _ => None,
    };
    Ok(text("/id").or_else(|| text("/session/id")))
}

/// The server's own words, else what can be said of the body.
fn error_text(raw: &RawAnswer, key: &BrandKey) -> String {
    let json: Value = serde_json::from_slice(&raw.body).unwrap_or_default();
    let words = ["/error", "/error/message", "/message"].iter().find_map(|at| json.pointer(at)?.as_str());
    match words.map(|words| bounded(&key.scrub(words))) {
        Some(words) if !words.trim().is_empty() => words,
        _ => describe_body(raw, key),
    }
}

fn describe_body(raw: &RawAnswer, key: &BrandKey) -> String {
    let text = bounded(&key.scrub(&String::from_utf8_lossy(&raw.body)));
    let text = text.trim_start_matches('\u{feff}').trim();
    let content_type = header(raw, key, &CONTENT_TYPE).unwrap_or_default();
    if text.is_empty() {
        "the body is empty".to_owned()
    } else if let Some(encoding) = raw.headers.get(CONTENT_ENCODING) {
        let encoding = key.scrub(&String::from_utf8_lossy(encoding.as_bytes()));
        format!("the body came compressed ({}), which was not asked for", bounded(&encoding))
    } else if content_type.contains("html") || text.starts_with('<') {
        "it is a page of HTML, probably from a proxy on the way".to_owned()
    } else {
        format!("it reads {text:?}")
    }
}

/// What an error keeps of the answer.
fn kept(raw: &RawAnswer, key: &BrandKey, now: SystemTime) -> Answer {
    Answer {
        status: raw.status,
        request_id: request_id(raw, key),
        content_type: header(raw, key, &CONTENT_TYPE),
        body: bounded(&key.scrub(&String::from_utf8_lossy(&raw.body))),
        retry_after: retry::retry_after(&raw.headers, now),
    }
}

fn request_id(raw: &RawAnswer, key: &BrandKey) -> Option<String> {
    REQUEST_ID_HEADERS.iter().find_map(|name| header(raw, key, name))
}

fn header(raw: &RawAnswer, key: &BrandKey, name: &HeaderName) -> Option<String> {
    let value = raw.headers.get(name)?;
    let text = bounded(&key.scrub(&String::from_utf8_lossy(value.as_bytes())));
    (!text.is_empty()).then_some(text)
}

fn bounded(text: &str) -> String {
    text.chars().take(TEXT_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Retention, RetentionSessionRequest, SessionRequest, Subscription};
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    fn key() -> BrandKey {
        BrandKey::new("sk_live_planted").unwrap()
    }

    fn answer(status: u16, body: impl AsRef<[u8]>) -> RawAnswer {
        RawAnswer { status, headers: HeaderMap::new(), body: body.as_ref().to_vec(), too_long: false }
    }

    fn decoded(raw: &RawAnswer) -> Result<Granted<Retention>> {
        decode(raw, &key(), || SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn the_body_is_the_vendors_sample() {
        let request = RetentionSessionRequest::from_fields([
            ("subscription_id", Some("sub_1MowQVLkdIwHu7ixeRlqHVzs")),
            ("customer_id", Some("cus_NffrFeUfNV2Hib")),
        ]);
        let body = encode(&RETENTION, &request.unwrap().parameters()).unwrap();
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"retention":{"customer_id":"cus_NffrFeUfNV2Hib","subscription_id":"sub_1MowQVLkdIwHu7ixeRlqHVzs"}}"#
        );
        assert_eq!(encode(&SUBSCRIPTION, &[("customer_id", None)]).unwrap(), br#"{"subscription":{}}"#);
    }

    /// Rules: D1
    #[test]
    fn a_byte_order_mark_and_a_second_id_do_no_harm() {
        let id =
            decoded(&answer(200, "\u{feff}{\"id\":\"ret_a\",\"session\":{\"id\":\"ret_b\"}}")).unwrap().id;
        assert_eq!(id.as_str(), "ret_a");
        let id = decoded(&answer(201, r#"{"id":null,"session":{"id":"ret_b"}}"#)).unwrap().id;
        assert_eq!(id.as_str(), "ret_b");
    }

    /// Rules: E11
    #[test]
    fn a_status_below_200_is_unexpected() {
        assert_eq!(decoded(&answer(101, "")).unwrap_err().code(), "unexpected_response");
    }

    /// Rules: X1
    #[test]
    fn a_key_in_any_part_of_an_answer_is_masked() {
        for status in [200, 302, 400, 401, 500, 599] {
            let mut raw = answer(status, r#"{"error":"no such key: sk_live_planted"}"#);
            for name in ["x-request-id", "content-type", "location", "content-encoding"] {
                raw.headers.insert(name, HeaderValue::from_static("sk_live_planted"));
            }
            let error = decoded(&raw).unwrap_err();
            let all = format!("{error} {error:?} {:?}", error.body());
            assert!(!all.contains("planted"), "{all}");
            assert_eq!(error.request_id(), Some("[masked]"));
        }
    }

    proptest! {
        #[test]
        fn every_text_survives_the_body(text in any::<String>()) {
            let body = encode(&SUBSCRIPTION, &[("customer_email", Some(&text))]).unwrap();
            let json: Value = serde_json::from_slice(&body).unwrap();
            prop_assert_eq!(json.pointer("/subscription/customer_email").unwrap().as_str(), Some(text.as_str()));
        }

        /// Rules: D2, D3
        #[test]
        fn no_answer_panics_or_overflows_an_error(
            status in 100_u16..1000,
            body in prop_oneof![any::<Vec<u8>>(), "\\PC{0,2000}".prop_map(String::into_bytes),
                any::<String>().prop_map(|id| serde_json::json!({"id": id, "error": id}).to_string().into_bytes())],
            content_type in prop::collection::vec(b' '..=255, 0..40),
        ) {
            let mut raw = answer(status, body);
            if let Ok(value) = HeaderValue::from_bytes(&content_type) {
                raw.headers.insert(CONTENT_TYPE, value);
            }
            match decode::<Subscription>(&raw, &key(), || SystemTime::UNIX_EPOCH) {
                Ok(granted) => prop_assert!(granted.id.as_str().len() > 4 && (200..300).contains(&status)),
                Err(error) => {
                    prop_assert!(error.body().unwrap().chars().count() <= TEXT_MAX_CHARS);
                    prop_assert!(error.message().chars().count() <= 3 * TEXT_MAX_CHARS, "{error}");
                    prop_assert!(!error.to_string().contains('\n'));
                    prop_assert_eq!(error.status(), Some(status));
                    prop_assert_eq!(error.code() == "unexpected_response", status < 400);
                }
            }
        }
    }
}
