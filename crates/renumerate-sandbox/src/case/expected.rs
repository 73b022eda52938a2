//! Expectations of a case: the requests that a call sends, and the outcome of the call.

use std::collections::BTreeMap;

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Expected request.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct ExpectedRequest {
    /// HTTP method, such as `POST`.
    pub method: String,
    /// Path with its query, such as `/v1/retention/session`.
    pub path: String,
    /// Headers to compare, by lower-case name. The value `null` means that the header must be absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Option<String>>,
    /// Minimum time since the previous request, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_gap_ms: Option<u64>,
    /// JSON body. The request must have exactly these members with these values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Exact text of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_text: Option<String>,
}

/// Expected outcome of a call.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// The call returns a session.
    Session(ExpectedSession),
    /// The call returns a handshake token.
    Token(ExpectedToken),
    /// The call fails.
    Error(Box<ExpectedError>),
}

/// Expected session. Without `url`, the URL is not compared. Without `request_id`, the session must have no request id.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct ExpectedSession {
    /// Session id.
    pub id: String,
    /// URL of the widget that the session opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Id that the service assigned to the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Number of attempts that the call made.
    pub attempts: usize,
}

/// Expected handshake token.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct ExpectedToken {
    /// The token in plain text.
    pub text: String,
    /// Unix time in seconds at which the token expires.
    pub expires_at: f64,
}

/// Expected error. If `message`, `text` or `body` is missing here, it is not compared. If `status`, `field`, `request_id`,
/// `phase`, `timeout` or `retry_after` is missing here, the error must not have this property.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct ExpectedError {
    /// Name of the error class, such as `NotFoundError`.
    pub class: String,
    /// Stable code, such as `not_found`.
    pub code: String,
    /// Whether a retry may succeed.
    pub retryable: bool,
    /// Number of attempts that the call made.
    pub attempts: usize,
    /// HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Name of the invalid parameter or option, in snake case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Reason for the error, without the host, the attempts and the hints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Complete text of the printed error. Names of options are in snake case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Texts that the printed error must contain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<String>,
    /// Texts that the printed error must not contain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omits: Vec<String>,
    /// Host that failed. If it is missing here, neither it nor `host_setting` is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Option, in snake case, or environment variable that names the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_setting: Option<String>,
    /// Id that the service assigned to the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Complete response body that the error contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Phase in which the network failed: `dns`, `connect`, `tls`, `send` or `read`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Timeout that ended the call: `connect`, `attempt` or `total`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
    /// Delay that the service requested before the next attempt, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
}
