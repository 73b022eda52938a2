//! Codec of the protocol: encodes request bodies and decodes responses.

use std::time::SystemTime;

use http::header::LOCATION;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::response::RawResponse;
use crate::error::{Error, Name, Result};
use crate::model::{Endpoint, NamedValue};
use crate::redact::BrandKey;
use crate::retry;

/// The header that carries the brand's private key.
pub(crate) const KEY_HEADER: &str = "x-brand-key";

/// Encodes the request body, such as `{"retention":{"customer_id":"cus_1"}}`. The parameters keep their order. Absent
/// parameters are omitted.
///
/// # Errors
///
/// A validation error if a value cannot be encoded as JSON.
pub(crate) fn encode(endpoint: &Endpoint, parameters: &[NamedValue<'_>]) -> Result<Vec<u8>> {
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
        serde_json::to_writer(&mut body, value).map_err(|error| {
            Error::validation(Name(name), Name(name) + format!(" can't be written as JSON: {error}"))
        })?;
        separator = ",\"";
    }
    body.extend_from_slice(b"}}");
    Ok(body)
}

/// A session, decoded from a response.
pub(crate) struct DecodedSession {
    pub(crate) id: String,
    pub(crate) request_id: Option<String>,
}

/// Decodes a response. A response with a 2xx status must contain a session id.
///
/// # Errors
///
/// For a status of 400 or above, an error of the kind that belongs to the status. Otherwise, an `UnexpectedResponse`
/// error.
pub(crate) fn decode(
    endpoint: &Endpoint,
    raw: &RawResponse,
    key: &BrandKey,
    now: impl Fn() -> SystemTime,
) -> Result<DecodedSession> {
    let context = || raw.context(key, now());
    let unexpected = |reason: String| Err(Error::unexpected_response(reason, context()));
    match raw.status {
        200..=299 if raw.too_long => unexpected("the body is over 1 MiB long".to_owned()),
        200..=299 => match find_id(&raw.body) {
            Err(error) => {
                let reason = format!("the body isn't the documented JSON: {}", raw.describe_body(key));
                Err(Error::unexpected_response(reason, context()).with_source(error))
            }
            Ok(None) => unexpected("the JSON has no text in id, nor in session.id".to_owned()),
            Ok(Some(id)) if endpoint.is_session_id(&id) => {
                Ok(DecodedSession { id, request_id: raw.request_id(key) })
            }
            Ok(Some(_)) => unexpected(format!(
                "the id isn't that of a {} session: it doesn't begin with {} and go on after it",
                endpoint.name, endpoint.id_prefix
            )),
        },
        400.. => {
            let retryable = retry::is_retryable_status(raw.status);
            Err(Error::api(raw.error_text(key), context()).with_retryable(retryable))
        }
        300..=399 => {
            let target = raw.header(&LOCATION, key).unwrap_or_else(|| "nowhere".to_owned());
            unexpected(format!("a redirect to {target}, which is never followed, so that the key stays here"))
        }
        _ => unexpected("a status that ends no request".to_owned()),
    }
}

/// The fields of a response that can contain the session id. They are kept as raw JSON, because [`find_id`] accepts
/// values of any type in them. All other fields are ignored.
#[derive(Deserialize)]
struct ResponseFields<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    session: Option<&'a RawValue>,
}

/// Returns the session id: the text in the field `id` or, if there is none, in `session.id`. The vendor documents both
/// forms.
fn find_id(body: &[u8]) -> serde_json::Result<Option<String>> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    // Only a JSON object can have these fields. Check this first, because serde would also accept an array and read the
    // fields from it by position.
    if !body.starts_with(b"{") {
        return serde_json::from_slice::<IgnoredAny>(body).map(|_| None);
    }
    let text = |value: Option<&RawValue>| serde_json::from_str::<String>(value?.get()).ok();
    let ResponseFields { id, session } = serde_json::from_slice(body)?;
    Ok(text(id).or_else(|| {
        let session = session.filter(|session| session.get().starts_with('{'))?;
        text(serde_json::from_str::<ResponseFields<'_>>(session.get()).ok()?.id)
    }))
}

#[cfg(test)]
mod tests {
    use super::super::response::TEXT_MAX_CHARS;
    use super::*;
    use crate::model::{RETENTION, RetentionSessionRequest, SUBSCRIPTION};
    use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
    use proptest::prelude::*;
    use serde_json::Value;

    fn key() -> BrandKey {
        BrandKey::new("sk_live_planted").unwrap()
    }

    fn response(status: u16, body: impl AsRef<[u8]>) -> RawResponse {
        RawResponse { status, headers: HeaderMap::new(), body: body.as_ref().to_vec(), too_long: false }
    }

    fn decoded(raw: &RawResponse) -> Result<String> {
        decode(RETENTION, raw, &key(), || SystemTime::UNIX_EPOCH).map(|session| session.id)
    }

    #[test]
    fn encoded_body_matches_the_vendors_sample() {
        let request = RetentionSessionRequest::from_fields([
            ("subscription_id", Some("sub_1MowQVLkdIwHu7ixeRlqHVzs")),
            ("customer_id", Some("cus_NffrFeUfNV2Hib")),
        ]);
        let body = encode(RETENTION, &request.unwrap().parameters().pairs()).unwrap();
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"retention":{"customer_id":"cus_NffrFeUfNV2Hib","subscription_id":"sub_1MowQVLkdIwHu7ixeRlqHVzs"}}"#
        );
        assert_eq!(encode(SUBSCRIPTION, &[("customer_id", None)]).unwrap(), br#"{"subscription":{}}"#);
    }

    /// Rules: D1
    #[test]
    fn decode_ignores_byte_order_mark_and_other_fields() {
        let id =
            decoded(&response(200, "\u{feff}{\"id\":\"ret_a\",\"session\":{\"id\":\"ret_b\"}}")).unwrap();
        assert_eq!(id, "ret_a");
        for body in [
            &br#"{"id":"ret_a","n":1e999}"#[..],
            br#"{"n":"\ud800","id":"ret_a"}"#,
            b"{\"n\":\"\xe9\",\"id\":\"ret_a\"}",
        ] {
            assert_eq!(decoded(&response(200, body)).unwrap(), "ret_a", "{}", String::from_utf8_lossy(body));
        }
        let deep = format!(r#"{{"deep":{}{},"id":"ret_a"}}"#, "[".repeat(500), "]".repeat(500));
        assert_eq!(decoded(&response(200, deep)).unwrap(), "ret_a");
        let id = decoded(&response(201, r#"{"id":null,"session":{"id":"ret_b"}}"#)).unwrap();
        assert_eq!(id, "ret_b");
    }

    /// Rules: E11
    #[test]
    fn a_status_below_200_is_unexpected() {
        assert_eq!(decoded(&response(101, "")).unwrap_err().code(), "unexpected_response");
    }

    /// Rules: X1
    #[test]
    fn key_is_masked_in_all_parts_of_a_response() {
        for status in [200, 302, 400, 401, 500, 599] {
            let mut raw = response(status, r#"{"error":"no such key: sk_live_planted"}"#);
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
        fn encoded_text_round_trips(text in any::<String>()) {
            let body = encode(SUBSCRIPTION, &[("customer_email", Some(&text))]).unwrap();
            let json: Value = serde_json::from_slice(&body).unwrap();
            prop_assert_eq!(json.pointer("/subscription/customer_email").unwrap().as_str(), Some(text.as_str()));
        }

        /// Rules: D2, D3
        #[test]
        fn arbitrary_response_does_not_panic_and_errors_are_bounded(
            status in 100_u16..1000,
            body in prop_oneof![any::<Vec<u8>>(), "\\PC{0,2000}".prop_map(String::into_bytes),
                "[\u{1}-\u{3000}]{0,1000}".prop_map(String::into_bytes), "[\u{2000}-\u{2070}\"<]{0,1000}".prop_map(String::into_bytes),
                any::<String>().prop_map(|id| serde_json::json!({"id": id, "error": id}).to_string().into_bytes())],
            content_type in prop::collection::vec(b' '..=255, 0..40),
        ) {
            let mut raw = response(status, body);
            if let Ok(value) = HeaderValue::from_bytes(&content_type) {
                raw.headers.insert(CONTENT_TYPE, value);
            }
            match decode(SUBSCRIPTION, &raw, &key(), || SystemTime::UNIX_EPOCH) {
                Ok(session) => prop_assert!(session.id.len() > 4 && (200..300).contains(&status)),
                Err(error) => {
                    prop_assert!(error.body().unwrap().chars().count() <= TEXT_MAX_CHARS);
                    prop_assert!(error.message().chars().count() <= 2 * TEXT_MAX_CHARS, "{error}");
                    let unsafe_char = |c: char| c.is_control() || ['\u{2028}', '\u{2029}', '\u{202e}'].contains(&c);
                    prop_assert!(!error.to_string().contains(unsafe_char), "{error}");
                    prop_assert_eq!(error.status(), Some(status));
                    prop_assert_eq!(error.code() == "unexpected_response", status < 400);
                }
            }
        }
    }
}
