//! Format of test cases: a call, the requests that the call must send, the responses to them, and the expected outcome.
//! The sandbox plays the exchanges. A test runner makes the call and compares the outcome.

mod expected;
pub(crate) mod file;
pub(crate) mod limits;
#[cfg(feature = "mutate")]
mod mutate;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::SandboxError;

pub use expected::{ExpectedError, ExpectedRequest, ExpectedSession, ExpectedToken, Outcome};
#[cfg(feature = "mutate")]
pub use mutate::MutatedCase;

/// File that contains test cases.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct CaseFile {
    /// Path of the JSON schema, with which editors check the file.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Subject of the cases in this file.
    #[serde(default)]
    pub about: String,
    /// Cases in this file.
    pub cases: Vec<Case>,
}

/// One test case. In its texts, `${key}` stands for the brand key of the test run, `${base_url}` for the URL of the
/// sandbox, and `${host}` for the host and port of the sandbox.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct Case {
    /// Name, which consists of lower-case letters, digits and `_`. Unless `when` is set, the case responds to requests
    /// with the brand key `sk_case_<name>.<nonce>`.
    pub name: String,
    /// Explanation, if the name is not sufficient.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Ids of the rules in `tests/vectors/RULES.md` that the case verifies, such as `V3` or `D1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Condition on the customer. With a condition, the case responds to requests for this customer, and not to
    /// requests with a key that names the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// Options of the client by name, with times in seconds. Defaults: `private_key` is `${key}`, and `base_url` is
    /// `${base_url}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub client: BTreeMap<String, CaseOption>,
    /// Number of calls that the test runner makes before the call whose outcome it compares. The compared call can then
    /// reuse a connection. If a response closes its connection, the test runner waits until the connection is closed
    /// before it makes the next call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm_up: Option<usize>,
    /// Whether the clock and the random generator of the process are fixed: at 2026-01-01T00:00:00Z, and with the bytes
    /// `00 11 22 … ff`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed_system: bool,
    /// Call that the test runner makes. Without a call, the case only defines responses of the sandbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// Expected requests in order, each with its response. A case has at most 1,000 exchanges.
    #[serde(default, deserialize_with = "file::exchanges")]
    pub exchanges: Vec<Exchange>,
    /// Expected outcome of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// Condition that a request must meet to get the responses of a case.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct When {
    /// Value of `customer_id` in the request.
    pub customer_id: String,
}

/// Value of an option of the client or of a call.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(untagged)]
pub enum CaseOption {
    /// Time in seconds, or a count.
    Number(f64),
    /// Text, such as a key, a URL or a path.
    Text(String),
}

/// Call of a client method.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct Call {
    /// Name of the method: `create_retention_session`, `create_subscription_session` or `create_handshake_token`.
    pub method: String,
    /// Parameters by name. The value `null` stands for the language's own absent value, such as `None` in Python.
    #[serde(default)]
    pub parameters: BTreeMap<String, Option<String>>,
    /// Options of this call by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, CaseOption>,
}

/// Expected request, and the response to it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct Exchange {
    /// Expected request. Default: any request. If the received request differs, the response has status 599.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ExpectedRequest>,
    /// Response of the sandbox. Default: status 200 without a body.
    #[serde(default)]
    pub answer: Answer,
}

/// Scripted response. At most one of `body`, `text`, `base64` and `mint` is set, and defines the body. Default: an
/// empty body.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
pub struct Answer {
    /// HTTP status, 200 to 999.
    #[serde(default = "default_status", deserialize_with = "file::status")]
    pub status: u16,
    /// Headers by name: up to 64 KiB of names and values together. If `body` is set, the default `content-type` is
    /// `application/json`. `content-length` cannot be set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Body as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Body as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Number of times that `text` is sent, for long bodies of up to 16 MiB. Default: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<usize>,
    /// Body in base64, for bytes that are not text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// Whether the sandbox creates a session, and responds with the session's id.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mint: bool,
    /// Delay before the status line, in milliseconds.
    #[serde(
        default,
        alias = "delay",
        skip_serializing_if = "is_zero",
        deserialize_with = "file::milliseconds"
    )]
    pub delay_ms: u64,
    /// Fault that the sandbox causes in this response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// Time after which the sandbox closes the connection, in milliseconds from the start of the response. No header
    /// announces that the connection will be closed.
    #[serde(
        default,
        alias = "closeAfter",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "file::optional_milliseconds"
    )]
    pub close_after_ms: Option<u64>,
}

/// Fault of a response. Even if only a part of the body is sent, the content-length is the length of the complete body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// No byte is sent, and the connection stays open.
    StallBeforeHeaders,
    /// Half of the body is sent, and the connection stays open.
    StallInBody,
    /// The body is sent slowly: one byte every 20 ms.
    SlowDrip,
    /// The connection is reset before the status line.
    ResetBeforeStatus,
    /// The connection is closed before the status line.
    CloseBeforeStatus,
    /// The connection is reset after half of the body is sent.
    ResetInBody,
    /// The connection is closed after half of the body is sent.
    TruncateBody,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            status: default_status(),
            headers: BTreeMap::new(),
            body: None,
            text: None,
            repeat: None,
            base64: None,
            mint: false,
            delay_ms: 0,
            fault: None,
            close_after_ms: None,
        }
    }
}

impl Case {
    /// Returns the case with the placeholders `${key}`, `${base_url}` and `${host}` replaced.
    ///
    /// # Errors
    ///
    /// [`SandboxError::InvalidCaseFile`] if the case is not valid JSON after the replacement, for example because a
    /// value contains a quotation mark.
    pub fn filled(&self, key: &str, base_url: &str) -> Result<Self, SandboxError> {
        let failed =
            |error: serde_json::Error| SandboxError::case_file(format!("case {:?}: {error}", self.name));
        let text = serde_json::to_string(self).map_err(failed)?;
        if !text.contains("${") {
            return Ok(self.clone());
        }
        let host = base_url.split_once("://").map_or(base_url, |(_, host)| host);
        let text = text.replace("${key}", key).replace("${base_url}", base_url).replace("${host}", host);
        serde_json::from_str(&text).map_err(failed)
    }
}

impl Answer {
    /// Returns the body as the case defines it, with a single copy of `text` even if `repeat` is set. If `mint` is set,
    /// returns an empty body, because the real body is created later, with the session.
    pub(crate) fn body_bytes(&self) -> Vec<u8> {
        match (&self.body, &self.text, &self.base64) {
            (Some(json), _, _) => json.to_string().into_bytes(),
            (None, Some(text), _) => text.clone().into_bytes(),
            (None, None, Some(text)) => STANDARD.decode(text).unwrap_or_default(),
            (None, None, None) => Vec::new(),
        }
    }

    /// Returns the number of times that the body is sent.
    pub(crate) fn times(&self) -> usize {
        self.repeat.filter(|_| self.text.is_some() && self.body.is_none()).unwrap_or(1)
    }
}

fn default_status() -> u16 {
    200
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
