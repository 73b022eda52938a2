//! What events tell of requests and sessions: without keys, and no more than a page shows.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::replies::Reply;
use crate::ledger::{Record, cut};
use crate::masking::{masked, masked_beginning, masked_headers};
use crate::mint::SessionRecord;

/// How much of a request's body is told.
const BODY_MAX_BYTES: usize = 4 * 1024;

/// How much of each text of a session is told: ids, addresses and comments may be of any length.
const TEXT_MAX_BYTES: usize = 512;

/// A session with its id, without keys and without the ends of long texts.
pub(super) fn told_of(id: &str, session: &SessionRecord, keys: &[String]) -> Value {
    let mut told = serde_json::to_value(session).unwrap_or_default();
    shorten(&mut told, keys);
    if let Some(members) = told.as_object_mut() {
        members.insert("id".to_owned(), id.into());
    }
    told
}

/// Cuts the texts that are in it, and takes keys out of them.
fn shorten(value: &mut Value, keys: &[String]) {
    match value {
        Value::String(text) => {
            let whole = masked(text, keys);
            let beginning = cut(&whole, TEXT_MAX_BYTES);
            let more = if beginning.len() < whole.len() { "…" } else { "" };
            *text = format!("{beginning}{more}");
        }
        Value::Array(values) => values.iter_mut().for_each(|value| shorten(value, keys)),
        Value::Object(members) => members.values_mut().for_each(|value| shorten(value, keys)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// An answer without keys.
#[derive(Serialize)]
struct Answer {
    headers: BTreeMap<String, String>,
    /// The beginning of the body.
    body: String,
    /// How long the body is, as far as it was sent.
    bytes: u64,
}

impl Answer {
    fn new(reply: &Reply, keys: &[String]) -> Self {
        let shown = |bytes: &[u8]| masked(&String::from_utf8_lossy(bytes), keys).into_owned();
        let headers = reply.headers.iter();
        Self {
            headers: headers.map(|(name, value)| (name.to_string(), shown(value.as_bytes()))).collect(),
            body: shown(&reply.body),
            bytes: reply.bytes,
        }
    }
}

/// A request with its answer, without keys.
#[derive(Serialize)]
pub(super) struct Exchange<'a> {
    number: usize,
    at_ms: u64,
    key: Option<&'a str>,
    case: Option<&'a str>,
    method: &'a str,
    path: String,
    headers: BTreeMap<String, String>,
    body: String,
    /// There is more of the body.
    body_goes_on: bool,
    status: u16,
    problem: Option<String>,
    connection: u64,
    reply: Option<Answer>,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(number: usize, record: &'a Record, reply: Option<&Reply>, keys: &[String]) -> Self {
        Self {
            number,
            at_ms: record.at_ms,
            key: record.key.as_deref(),
            case: record.case.as_deref(),
            method: &record.method,
            path: masked(&record.path, keys).into_owned(),
            headers: masked_headers(&record.headers, keys),
            body: masked_beginning(&record.body, keys, BODY_MAX_BYTES).into_owned(),
            body_goes_on: record.body.len() > BODY_MAX_BYTES,
            status: record.status,
            problem: record.problem.as_deref().map(|problem| masked(problem, keys).into_owned()),
            connection: record.connection,
            reply: reply.map(|reply| Answer::new(reply, keys)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Decision, SessionOutcome};

    #[test]
    fn long_texts_of_a_session_are_told_by_their_beginning() {
        let planted = "sk_planted_4711".to_owned();
        let at_the_end = format!("{}{planted}", "x".repeat(TEXT_MAX_BYTES - 4));
        let outcome = SessionOutcome {
            subscription_id: "s".repeat(64 * 1024),
            outcome: Decision::Retained,
            reason: None,
            comment: Some(at_the_end),
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
            undecided: false,
            asked_for: None,
            within_hub: false,
        };
        let told = told_of("ret_a", &session, &[planted]);
        assert_eq!((&told["id"], &told["customer_id"]), (&json!("ret_a"), &json!("cus_1")));
        let text = told.to_string();
        assert!(text.len() < 20 * (2 * TEXT_MAX_BYTES + 200), "{}", text.len());
        assert!(!text.contains("sk_") && text.contains("sss…"), "{text}");
    }
}
