//! Format of test cases: a call, the requests that it must send, the responses, and the expected outcome. The sandbox
//! plays the exchanges. A test runner makes the call and compares the outcome.

pub(crate) mod file;
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

#[cfg(feature = "mutate")]
pub use mutate::MutatedCase;

/// A file of cases.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// Where editors find the schema.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// What the cases of this file have in common.
    #[serde(default)]
    pub about: String,
    /// The cases.
    pub cases: Vec<Case>,
}

/// One case. In any of its texts, `${key}` stands for the brand key of the run, `${base_url}` for the sandbox's
/// URL and `${host}` for its host and port.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Lower-case letters, digits and `_`; the brand key `sk_case_<name>.<nonce>` plays it.
    pub name: String,
    /// What it shows, where the name does not say it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The ids of the rules that it shows: `V3`, `D1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Plays the case for a customer instead of a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// The client's options by name; times are in seconds. Where they are missing, `private_key` is `${key}` and
    /// `base_url` is `${base_url}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub client: BTreeMap<String, CaseOption>,
    /// How often the call is made before the one that counts, so that there is a connection to reuse. Where an
    /// answer closes its connection, the runner waits until the sandbox has closed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm_up: Option<usize>,
    /// The call to make. Without one the case is a script and nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// The requests in the order in which they must come, each with its answer: 1,000 at most.
    #[serde(default, deserialize_with = "file::exchanges")]
    pub exchanges: Vec<Exchange>,
    /// What the caller must see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// Which requests a script is played for.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The `customer_id` of the request.
    pub customer_id: String,
}

/// The value of an option.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(untagged)]
pub enum CaseOption {
    /// A time in seconds, or a count.
    Number(f64),
    /// A key, a URL, a path.
    Text(String),
}

/// A call of the client.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// `create_retention_session` or `create_subscription_session`.
    pub method: String,
    /// The parameters by name; `null` is what the language says for an absent value.
    #[serde(default)]
    pub parameters: BTreeMap<String, Option<String>>,
    /// The options of this call by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, CaseOption>,
}

/// One request and its answer.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What must come; anything may where this is missing. A difference is answered with 599.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ExpectedRequest>,
    /// What is answered.
    #[serde(default)]
    pub answer: Answer,
}

/// A request that must come.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExpectedRequest {
    /// The method, `POST`.
    pub method: String,
    /// The path with its query, `/v1/retention/session`.
    pub path: String,
    /// Headers that matter, by lower-case name; `null` for one that must not be there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Option<String>>,
    /// How long after the request before it this one must come at least, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_gap_ms: Option<u64>,
    /// The body as JSON: the same members with the same values, no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The body to the byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_text: Option<String>,
}

/// A scripted answer. Its body is that of `body`, `text`, `base64` or `mint`; without any of them it is empty.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// HTTP status, 200 to 999.
    #[serde(default = "ok", deserialize_with = "file::status")]
    pub status: u16,
    /// Headers; `content-type` is `application/json` with a `body`, unless it is said here. `content-length` cannot be said.
    /// Up to 64 KiB of names and values together.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A JSON body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// A body of any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How often `text` is repeated, for bodies too long to be written out: up to 16 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<usize>,
    /// A body of any bytes, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// The answer of the contract itself: a session, minted now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mint: bool,
    /// How long to wait before the status line, in milliseconds.
    #[serde(
        default,
        alias = "delay",
        skip_serializing_if = "is_zero",
        deserialize_with = "file::milliseconds"
    )]
    pub delay_ms: u64,
    /// What goes wrong with the answer on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// Closes the connection so long after the answer, in milliseconds, without having announced it.
    #[serde(
        default,
        alias = "closeAfter",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "file::optional_milliseconds"
    )]
    pub close_after_ms: Option<u64>,
}

/// What goes wrong with an answer on its way. The content-length is that of the whole body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing ever comes.
    StallBeforeHeaders,
    /// Half of the body comes, and no more.
    StallInBody,
    /// The body comes byte by byte, 20 ms apart.
    SlowDrip,
    /// The connection is reset before the status line.
    ResetBeforeStatus,
    /// The connection is closed before the status line.
    CloseBeforeStatus,
    /// The connection is reset after half of the body.
    ResetInBody,
    /// The connection is closed after half of the body.
    TruncateBody,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            status: ok(),
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

/// What the caller must see.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// A session.
    Session(ExpectedSession),
    /// An error.
    Error(ExpectedError),
}

/// A session that must come; a `url` that is missing here is not compared, a `request_id` must then be absent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExpectedSession {
    /// The id.
    pub id: String,
    /// The URL of the widget with that id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The service's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How many attempts it took.
    pub attempts: usize,
}

/// An error that must come; what is missing here is not compared, but for `status`, `field`, `request_id`, `phase`,
/// `timeout` and `retry_after`, which must then be absent on the error too.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExpectedError {
    /// The class, `NotFoundError`.
    pub class: String,
    /// The stable code, `not_found`.
    pub code: String,
    /// Whether another try may succeed.
    pub retryable: bool,
    /// How many attempts were made.
    pub attempts: usize,
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The parameter or option at fault, by its name in snake case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The message, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Pieces of the printed error.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<String>,
    /// What the printed error must not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omits: Vec<String>,
    /// The service's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The body that the error keeps, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The phase of a network failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The limit that ended the call: `connect`, `attempt` or `total`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
    /// How long the service asks to wait, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
}

impl Case {
    /// Returns the case with the placeholders `${key}`, `${base_url}` and `${host}` replaced.
    ///
    /// # Errors
    ///
    /// [`SandboxError::InvalidCaseFile`] if a value cannot be part of a JSON text.
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
    /// The bytes of a body that is written out here; of a text that is repeated, those of one time.
    pub(crate) fn one_time(&self) -> Vec<u8> {
        match (&self.body, &self.text, &self.base64) {
            (Some(json), _, _) => json.to_string().into_bytes(),
            (None, Some(text), _) => text.clone().into_bytes(),
            (None, None, Some(text)) => STANDARD.decode(text).unwrap_or_default(),
            (None, None, None) => Vec::new(),
        }
    }

    /// How often that comes.
    pub(crate) fn times(&self) -> usize {
        self.repeat.filter(|_| self.text.is_some() && self.body.is_none()).unwrap_or(1)
    }
}

fn ok() -> u16 {
    200
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
