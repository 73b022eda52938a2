//! Codec of the protocol: encodes request bodies and decodes responses.

use std::time::SystemTime;

use http::header::LOCATION;

use super::json::{members, text};
use super::response::RawResponse;
use crate::error::{Error, Name, ResponseContext, Result};
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
            let problem = Name(name) + format!(" cannot be written as JSON ({error})");
            Error::validation(Name(name), problem, "check its characters")
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
/// For a status of 400 or above, an error of the kind that belongs to the status. Otherwise, and for a 404 without the
/// service's error message, an `UnexpectedResponse` error.
pub(crate) fn decode(
    endpoint: &Endpoint,
    raw: &RawResponse,
    key: &BrandKey,
    now: impl Fn() -> SystemTime,
) -> Result<DecodedSession> {
    let context = || raw.context(key, now());
    let unexpected = |reason: String| Err(Error::unexpected_response(reason, context()));
    match raw.status {
        200..=299 if raw.too_long => unexpected("a body over 1 MiB".to_owned()),
        200..=299 => match find_ids(&raw.body) {
            Err(error) => {
                Err(Error::unexpected_response(raw.describe_body(key), context()).with_source(error))
            }
            Ok(ids) => match ids.as_slice() {
                [] | [None] => unexpected("JSON that has no text in id or session.id".to_owned()),
                [Some(id)] if endpoint.is_session_id(id) => {
                    Ok(DecodedSession { id: id.clone(), request_id: raw.request_id(key) })
                }
                [Some(_)] => unexpected(format!(
                    "an id that is not that of a {} session, because it does not begin with {}",
                    endpoint.name, endpoint.id_prefix
                )),
                _ => unexpected("JSON that repeats the id with different values".to_owned()),
            },
        },
        // A proxy or a wrong path also gets a 404. Only the service's means that there is no such customer.
        404 if raw.service_error().is_none() => unexpected(raw.describe_body(key)),
        400.. => {
            let retryable = retry::is_retryable_status(raw.status);
            let message = raw.error_message(key);
            let response = ResponseContext { has_message: message.is_some(), ..context() };
            let reason = message.unwrap_or_else(|| raw.describe_body(key));
            Err(Error::api(reason, response).with_retryable(retryable))
        }
        300..=399 => {
            let target = raw.header(&LOCATION, key).map(|target| format!(" to {target}")).unwrap_or_default();
            unexpected(format!("a redirect{target}, which the SDK does not follow, to protect the key"))
        }
        _ => unexpected("a status that is not final".to_owned()),
    }
}

/// Returns the values of the field `id` or, if none of them is text, of `session.id`. The vendor documents both forms.
/// A value that is not text becomes `None`. If all values are equal, only one is returned.
fn find_ids(body: &[u8]) -> serde_json::Result<Vec<Option<String>>> {
    let mut ids: Vec<_> = members(body, "id")?.into_iter().map(text).collect();
    if ids.iter().all(Option::is_none) {
        let sessions = members(body, "session")?;
        ids = sessions
            .into_iter()
            .filter_map(|session| members(session.get().as_bytes(), "id").ok())
            .flatten()
            .map(text)
            .collect();
    }
    ids.dedup();
    Ok(ids)
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

    /// Rules: D1
    #[test]
    fn repeated_equal_ids_and_text_after_the_json_are_accepted() {
        for body in [
            r#"{"id":"ret_a","id":"ret_a"}"#,
            r#"{"id":"ret_a","id":"\u0072et_a"}"#,
            r#"{"session":{},"id":"ret_a","session":{}}"#,
            r#"{"id":"ret_a","session":{"id":"ret_b"},"session":{"id":"ret_c"}}"#,
            r#"{"session":{"id":"ret_a","id":"ret_a"},"session":{"id":"ret_a"}}"#,
            r#"{"id":null,"session":7,"session":{},"session":{"id":"ret_a"}}"#,
            "{\"id\":\"ret_a\"}\n<!-- injected -->",
            r#"{"id":"ret_a"}{"id":"ret_b"}"#,
        ] {
            assert_eq!(decoded(&response(200, body)).unwrap(), "ret_a", "{body}");
        }
        let invalid_utf8 = b"{\"n\":\"\xe9\",\"id\":\"ret_a\",\"n\":1}\xff";
        assert_eq!(decoded(&response(200, invalid_utf8)).unwrap(), "ret_a");
    }

    /// Rules: D3
    #[test]
    fn repeated_ids_that_differ_are_unexpected() {
        for body in [
            r#"{"id":"ret_a","id":"ret_b"}"#,
            r#"{"id":"ret_a","id":"ret_b","id":"ret_a"}"#,
            r#"{"id":null,"id":"ret_a"}"#,
            r#"{"session":{"id":"ret_a","id":"ret_b"}}"#,
            r#"{"session":{"id":"ret_a"},"session":{"id":"ret_b"}}"#,
        ] {
            let error = decoded(&response(200, body)).unwrap_err();
            assert_eq!(error.code(), "unexpected_response", "{body}");
            assert!(error.message().contains("with different values"), "{body}: {error}");
        }
    }

    /// Rules: E5, E11
    #[test]
    fn only_a_404_with_the_services_error_is_not_found() {
        for body in [
            &br#"{"error":"No such customer"}"#[..],
            br#"{"error":{"code":7,"message":"No such customer"}}"#,
            br#"{"error":""}"#,
            br#"{"error":null,"error":"No such customer"}"#,
            b"\xef\xbb\xbf{\"n\":1e999,\"error\":\"Client \xe9\"}\n<!-- injected -->",
        ] {
            let error = decoded(&response(404, body)).unwrap_err();
            assert_eq!(error.code(), "not_found", "{}", String::from_utf8_lossy(body));
        }
        for body in [
            "",
            "{}",
            "null",
            r#"{"error":"No such"#,
            r#"["error"]"#,
            r#"[{"error":"No such customer"}]"#,
            r#""error""#,
            r#"{"error":404}"#,
            r#"{"error":{"code":"x"}}"#,
            r#"{"error":["No such customer"]}"#,
            r#"{"message":"no Route matched with those values"}"#,
            "<html>404 Not Found</html>",
            "404 page not found",
        ] {
            let error = decoded(&response(404, body)).unwrap_err();
            assert_eq!((error.code(), error.status()), ("unexpected_response", Some(404)), "{body}");
            assert!(!error.retryable(), "{body}");
            assert!(error.message().contains(&response(404, body).describe_body(&key())), "{body}: {error}");
        }
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
                    prop_assert!(status == 404 || (error.code() == "unexpected_response") == (status < 400));
                }
            }
        }
    }
}
