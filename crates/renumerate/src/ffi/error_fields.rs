//! An error as plain fields, for languages that make an exception of their own class from them.

use std::time::Duration;

use serde::Serialize;

use super::name_style::NameStyle;
use crate::error::{Attempt, AttemptOutcome};
use crate::error::{Error, ErrorKind, NetworkPhase, TimeoutScope};

/// All that an error says. Serialized, names are in camel case, times in milliseconds, and what is absent is left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorFields {
    /// The name of the class: `NotFoundError`.
    pub class: &'static str,
    /// The stable code: `not_found`.
    pub code: &'static str,
    /// One line: the reason, its cause and the remedy.
    pub text: String,
    /// The reason alone.
    pub reason: String,
    /// What may help; part of the text.
    pub hints: Vec<String>,
    /// Whether the same request may succeed when it is sent again.
    pub retryable: bool,
    /// What each attempt met.
    pub attempts: Vec<AttemptFields>,
    /// The option or the parameter that is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The HTTP status of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The service's own id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The content type of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The answer's body, truncate and scrubbed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// How long the service asks to wait, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
    /// How far the call came before the network failed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<&'static str>,
    /// Which limit ended the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_scope: Option<&'static str>,
    /// The flattened cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// What one attempt met.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttemptFields {
    /// `status`, `network` or `timeout`.
    pub outcome: &'static str,
    /// The HTTP status of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How far the attempt came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<&'static str>,
    /// The limit that ended the attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<&'static str>,
    /// Milliseconds of waiting before the attempt.
    pub waited: f64,
    /// Milliseconds from its start to its last byte, or to its failure.
    pub elapsed: f64,
}

impl ErrorFields {
    /// The fields of an error, with names as the language writes them.
    pub fn of(error: &Error, naming: NameStyle) -> Self {
        // Elsewhere the reason is somebody else's: the service's, the system's.
        let ours =
            matches!(error.kind(), ErrorKind::Configuration | ErrorKind::Validation | ErrorKind::Timeout);
        let write = |text: &str| naming.write(text).into_owned();
        let reason = if ours { write(error.message()) } else { error.message().to_owned() };
        let hints: Vec<String> = error.hints().map(write).collect();
        Self {
            class: error.kind().class_name(),
            code: error.code(),
            text: error.line(&reason, &hints),
            reason,
            hints,
            retryable: error.retryable(),
            attempts: error.attempts().iter().map(AttemptFields::from).collect(),
            field: error.field().map(write),
            status: error.status(),
            request_id: error.request_id().map(str::to_owned),
            content_type: error.content_type().map(str::to_owned),
            body: error.body().map(str::to_owned),
            retry_after: error.retry_after().map(millis),
            phase: error.phase().map(NetworkPhase::as_str),
            timeout_scope: error.timeout_scope().map(TimeoutScope::as_str),
            cause: error.cause(),
        }
    }
}

impl From<&Attempt> for AttemptFields {
    fn from(attempt: &Attempt) -> Self {
        let (waited, elapsed) = (millis(attempt.waited()), millis(attempt.elapsed()));
        let met = |outcome| Self { outcome, status: None, phase: None, limit: None, waited, elapsed };
        match attempt.outcome() {
            AttemptOutcome::Status(status) => Self { status: Some(status), ..met("status") },
            AttemptOutcome::Network(phase) => Self { phase: Some(phase.as_str()), ..met("network") },
            AttemptOutcome::Timeout(limit) => Self { limit: Some(limit.as_str()), ..met("timeout") },
        }
    }
}

/// Milliseconds, to the microsecond.
fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ResponseContext;

    fn json(error: &Error) -> serde_json::Value {
        serde_json::to_value(ErrorFields::of(error, NameStyle::CamelCase)).unwrap()
    }

    #[test]
    fn our_own_words_are_in_the_languages_names_and_the_services_are_not() {
        let answer = ResponseContext {
            status: 404,
            retry_after: Some(Duration::from_micros(1_500)),
            ..ResponseContext::default()
        };
        let error =
            Error::api("customer_id is unknown".to_owned(), answer).with_hint("customer_id looks odd");
        let seen = json(&error);
        assert_eq!(seen["text"], "the service answered 404: customer_id is unknown; customerId looks odd");
        assert_eq!((&seen["reason"], &seen["status"]), (&"customer_id is unknown".into(), &404.into()));
        assert_eq!(seen["retryAfter"], 1.5);
        assert!(seen.get("field").is_none() && seen.get("requestId").is_none());
        let seen = json(&Error::configuration("base_url", "base_url is odd"));
        assert_eq!((&seen["text"], &seen["field"]), (&"baseUrl is odd".into(), &"baseUrl".into()));
    }

    #[test]
    fn the_cause_is_flattened() {
        let io = std::io::Error::other("refused");
        assert_eq!(json(&Error::configuration("ca_bundle", "x").with_source(io))["cause"], "refused");
    }
}
