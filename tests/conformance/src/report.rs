//! Reports of a driver about a call.

use serde::Deserialize;
use serde_json::Value;

/// How a call ended, and everything that the language prints about it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallReport {
    pub(crate) session: Option<SessionReport>,
    pub(crate) token: Option<TokenReport>,
    pub(crate) error: Option<ErrorReport>,
    /// Duration of the call in seconds.
    pub(crate) seconds: f64,
    /// Every form in which the language prints the client, the session or the error.
    pub(crate) shown: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionReport {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) request_id: Option<String>,
    pub(crate) attempts: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenReport {
    pub(crate) text: String,
    /// Unix time in seconds.
    pub(crate) expires_at: f64,
    /// The token as JSON, as the language writes it.
    pub(crate) json: Value,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorReport {
    /// Whether the error has a type of the SDK. The properties of other errors are null.
    pub(crate) typed: bool,
    pub(crate) class: String,
    pub(crate) code: Option<String>,
    /// Printed error.
    pub(crate) text: String,
    pub(crate) retryable: bool,
    pub(crate) attempts: usize,
    pub(crate) message: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) host_setting: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) field: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) phase: Option<String>,
    pub(crate) timeout: Option<String>,
    /// Seconds.
    pub(crate) retry_after: Option<f64>,
}

impl CallReport {
    pub(crate) fn read(reply: Value) -> Result<Self, String> {
        let text = reply.to_string();
        serde_json::from_value(reply).map_err(|error| format!("invalid report: {error}: {text}"))
    }

    /// Short description of the outcome for the fault matrix, such as `network read ×3`.
    pub(crate) fn summary(&self) -> String {
        let (words, attempts) = match (&self.session, &self.error) {
            (Some(session), _) => (vec!["session".to_owned()], session.attempts),
            (_, Some(error)) => {
                let code = error.code.clone().unwrap_or_else(|| "untyped".to_owned());
                let details = [
                    error.phase.clone(),
                    error.timeout.clone(),
                    error.status.map(|status| status.to_string()),
                ];
                (std::iter::once(code).chain(details.into_iter().flatten()).collect(), error.attempts)
            }
            (None, None) => (vec!["no outcome".to_owned()], 1),
        };
        summary(&words, attempts)
    }

    /// All texts in which no secret may appear: everything except the token, and the session's id and URL.
    pub(crate) fn public_text(&self) -> String {
        let session = self.session.as_ref().map(|session| SessionReport {
            id: String::new(),
            url: String::new(),
            ..session.clone()
        });
        format!("{session:?}\n{:?}\n{}", self.error, self.shown.join("\n"))
    }
}

pub(crate) fn summary(words: &[String], attempts: usize) -> String {
    let repeated = if attempts == 1 { String::new() } else { format!(" ×{attempts}") };
    words.join(" ") + &repeated
}
