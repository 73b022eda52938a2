//! Data of the events for requests and sessions. Private keys are redacted, and long texts are truncated.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::responses::CapturedResponse;
use crate::redact::{redact, redact_and_truncate, redact_headers, truncate};
use crate::state::{Record, SessionRecord};

/// Maximum length of a request's body in an event. A longer body is truncated.
const BODY_MAX_BYTES: usize = 4 * 1024;

/// Maximum length of each text in an event for a session. A longer text, such as a customer's id, is truncated.
const TEXT_MAX_BYTES: usize = 512;

/// Returns the data of the event for a session, with redacted keys and truncated texts.
pub(super) fn session_event(id: &str, session: &SessionRecord, keys: &[String]) -> Value {
    let mut data = serde_json::to_value(session).unwrap_or_default();
    shorten(&mut data, keys);
    if let Some(members) = data.as_object_mut() {
        members.insert("id".to_owned(), id.into());
    }
    data
}

/// Redacts keys in all texts of a JSON value, and then truncates the texts.
fn shorten(value: &mut Value, keys: &[String]) {
    match value {
        Value::String(text) => {
            let redacted = redact(text, keys);
            let beginning = truncate(&redacted, TEXT_MAX_BYTES);
            let more = if beginning.len() < redacted.len() { "…" } else { "" };
            *text = format!("{beginning}{more}");
        }
        Value::Array(values) => values.iter_mut().for_each(|value| shorten(value, keys)),
        Value::Object(members) => members.values_mut().for_each(|value| shorten(value, keys)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Response in the event for a request.
#[derive(Serialize)]
struct ResponseEvent {
    headers: BTreeMap<String, String>,
    /// Beginning of the body.
    body: String,
    /// Number of bytes of the body that were sent.
    bytes: u64,
}

impl ResponseEvent {
    fn new(response: &CapturedResponse, keys: &[String]) -> Self {
        let shown = |bytes: &[u8]| redact(&String::from_utf8_lossy(bytes), keys).into_owned();
        let headers = response.headers.iter();
        Self {
            headers: headers.map(|(name, value)| (name.to_string(), shown(value.as_bytes()))).collect(),
            body: shown(&response.body),
            bytes: response.bytes,
        }
    }
}

/// Data of the event for a request, which includes the response.
#[derive(Serialize)]
pub(super) struct RequestEvent<'a> {
    number: usize,
    at_ms: u64,
    key: Option<&'a str>,
    case: Option<&'a str>,
    method: &'a str,
    path: String,
    headers: BTreeMap<String, String>,
    body: String,
    /// Whether the body is truncated.
    body_truncated: bool,
    status: u16,
    problem: Option<String>,
    connection: u64,
    response: Option<ResponseEvent>,
}

impl<'a> RequestEvent<'a> {
    pub(super) fn new(
        number: usize,
        record: &'a Record,
        response: Option<&CapturedResponse>,
        keys: &[String],
    ) -> Self {
        Self {
            number,
            at_ms: record.at_ms,
            key: record.key.as_deref(),
            case: record.case.as_deref(),
            method: &record.method,
            path: redact(&record.path, keys).into_owned(),
            headers: redact_headers(&record.headers, keys),
            body: redact_and_truncate(&record.body, keys, BODY_MAX_BYTES).into_owned(),
            body_truncated: record.body.len() > BODY_MAX_BYTES,
            status: record.status,
            problem: record.problem.as_deref().map(|problem| redact(problem, keys).into_owned()),
            connection: record.connection,
            response: response.map(|response| ResponseEvent::new(response, keys)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Decision, SessionOutcome};

    #[test]
    fn long_session_texts_are_truncated_without_parts_of_a_key() {
        let key = "sk_planted_4711".to_owned();
        let ends_with_key = format!("{}{key}", "x".repeat(TEXT_MAX_BYTES - 4));
        let outcome = SessionOutcome {
            subscription_id: "s".repeat(64 * 1024),
            outcome: Decision::Retained,
            reason: None,
            comment: Some(ends_with_key),
            offer: None,
        };
        let session = SessionRecord {
            kind: "retention",
            customer_id: Some("cus_1".to_owned()),
            customer_email: None,
            subscription_id: None,
            key: String::new(),
            at_ms: 0,
            outcomes: vec![outcome; 20],
            open_flows: Vec::new(),
            cancel_requested: None,
        };
        let data = session_event("ret_a", &session, &[key]);
        assert_eq!((&data["id"], &data["customer_id"]), (&json!("ret_a"), &json!("cus_1")));
        let text = data.to_string();
        assert!(text.len() < 20 * (2 * TEXT_MAX_BYTES + 200), "{}", text.len());
        assert!(!text.contains("sk_") && text.contains("sss…"), "{text}");
    }
}
