//! Errors as plain fields, from which each language builds its own exception.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::name_style::NameStyle;
use crate::error::{
    Attempt, AttemptOutcome, Error, ErrorKind, ErrorMessages, Message, NetworkPhase, TimeoutScope,
};

/// The fields of an error. The serialized form has names in camel case and times in milliseconds. It omits absent
/// fields.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorFields {
    /// Kind of the error. The serialized form is the name of the variant, such as `NotFound`.
    #[serde(serialize_with = "kind_name")]
    pub kind: ErrorKind,
    /// Stable error code, such as `not_found`.
    pub code: &'static str,
    /// Complete message in one line: the status if any, the reason and the hints.
    pub text: String,
    /// The message without status and hints.
    pub reason: String,
    /// Suggested remedies. They are part of `text`.
    pub hints: Vec<String>,
    /// Whether a retry of the same request may succeed.
    pub retryable: bool,
    /// The attempts of the call, oldest first.
    pub attempts: Vec<AttemptFields>,
    /// Name of the option or parameter that caused the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Host that failed: that of the service, or the proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Option or environment variable that names the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_setting: Option<String>,
    /// HTTP status of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Request id assigned by the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Content type of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Response body, truncated and with secrets redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Delay that the service requested (`Retry-After`), in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
    /// Phase in which the network failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<&'static str>,
    /// Timeout that ended the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_scope: Option<&'static str>,
    /// Chain of causes in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// The fields of one attempt.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttemptFields {
    /// Outcome: `status`, `network` or `timeout`.
    pub outcome: &'static str,
    /// HTTP status of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Phase in which the network failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<&'static str>,
    /// Timeout that ended the attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<&'static str>,
    /// Delay before the attempt, in milliseconds.
    pub waited: f64,
    /// Time from the start of the attempt to the last byte of the response or to the failure, in milliseconds.
    pub elapsed: f64,
}

impl ErrorFields {
    /// Converts an error. `style` sets how option and parameter names are spelled in the error's messages.
    pub fn from_error(error: &Error, style: NameStyle) -> Self {
        let spelled = |message: &Message| message.spelled(|name| style.spell(name));
        let ErrorMessages { reason, hints, field, host_setting } = error.messages();
        Self {
            kind: error.kind(),
            code: error.code(),
            text: spelled(&error.text()),
            reason: spelled(reason),
            hints: hints.iter().map(spelled).collect(),
            retryable: error.retryable(),
            attempts: error.attempts().iter().map(AttemptFields::from).collect(),
            field: field.map(spelled),
            host: error.host().map(str::to_owned),
            host_setting: host_setting.map(spelled),
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

/// Returns the texts of all causes of an error in one line, or `None` if there is no cause.
pub fn cause(error: &Error) -> Option<String> {
    error.cause()
}

impl From<&Attempt> for AttemptFields {
    fn from(attempt: &Attempt) -> Self {
        let (waited, elapsed) = (millis(attempt.waited()), millis(attempt.elapsed()));
        let with_outcome =
            |outcome| Self { outcome, status: None, phase: None, limit: None, waited, elapsed };
        match attempt.outcome() {
            AttemptOutcome::Status(status) => Self { status: Some(status), ..with_outcome("status") },
            AttemptOutcome::Network(phase) => Self { phase: Some(phase.as_str()), ..with_outcome("network") },
            AttemptOutcome::Timeout(limit) => Self { limit: Some(limit.as_str()), ..with_outcome("timeout") },
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn kind_name<S: Serializer>(kind: &ErrorKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{kind:?}"))
}

/// Converts a duration to milliseconds, rounded to microseconds.
fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Name, ResponseContext};

    fn json(error: &Error) -> serde_json::Value {
        serde_json::to_value(ErrorFields::from_error(error, NameStyle::CamelCase)).unwrap()
    }

    #[test]
    fn names_are_localized_in_own_texts_but_not_in_service_messages() {
        let response = ResponseContext {
            status: 404,
            has_message: true,
            retry_after: Some(Duration::from_micros(1_500)),
            ..ResponseContext::default()
        };
        let error = Error::api("customer_id is unknown".to_owned(), response)
            .with_hint(Name("customer_id") + " looks odd");
        let seen = json(&error);
        assert_eq!(seen["text"], "the service answered 404: customer_id is unknown; customerId looks odd");
        assert_eq!((&seen["reason"], &seen["status"]), (&"customer_id is unknown".into(), &404.into()));
        assert_eq!((&seen["kind"], &seen["code"]), (&"NotFound".into(), &"not_found".into()));
        assert_eq!(seen["retryAfter"], 1.5);
        assert!(seen.get("field").is_none() && seen.get("requestId").is_none());
        let seen = json(&Error::configuration(Name("base_url"), Name("base_url") + " is odd", "check it"));
        assert_eq!((&seen["text"], &seen["field"]), (&"baseUrl is odd; check it".into(), &"baseUrl".into()));
    }

    #[test]
    fn cause_is_one_line() {
        let io = std::io::Error::other("refused");
        assert_eq!(json(&Error::configuration("ca_bundle", "x", "y").with_source(io))["cause"], "refused");
    }
}
