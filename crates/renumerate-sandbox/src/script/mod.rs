//! Scripts: cases in the form in which the sandbox plays them. Each exchange is prepared once, when the script is
//! created.

pub(crate) mod body;
mod chaos;
pub(crate) mod placeholder;
mod store;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderValue;

use crate::case::file::RawCaseFile;
use crate::case::limits::{
    HEADERS_TOO_LONG, INVALID_HEADER, TEXT_MAX_BYTES, TEXT_TOO_LONG, headers_are_too_long,
};
use crate::case::{Answer, Case, Exchange, ExpectedRequest, Fault};
use crate::error::SandboxError;
use body::ScriptBody;
use placeholder::{PREFIX, PlaceholderCounts, PlaceholderValues};

pub(crate) use chaos::{Chaos, ChaosOptions};
pub(crate) use store::{RequestView, ScriptResponse, ScriptStore, SelectedStep};

/// Maximum number of exchanges in a case file that a client sends.
const MAX_STEPS: usize = 10_000;

/// Case without the fields that only a test runner needs.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) customer_id: Option<String>,
    pub(crate) steps: Vec<Arc<Step>>,
    /// Reason why the case is invalid; `None` if the case is valid.
    pub(crate) problem: Option<String>,
    /// Size of the case as JSON, in bytes.
    pub(crate) bytes: usize,
}

/// One exchange of a script.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// Expected request as JSON text. The text is parsed only when it is needed, because a parsed request may need a
    /// hundred times as much memory.
    request: Option<Box<str>>,
    template: Arc<ResponseTemplate>,
}

/// Scripted response before its placeholders are replaced.
#[derive(Debug, Default)]
pub(crate) struct ResponseTemplate {
    pub(crate) status: u16,
    headers: BTreeMap<String, String>,
    body: Bytes,
    times: usize,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) mint: bool,
    pub(crate) delay_ms: u64,
    pub(crate) fault: Option<Fault>,
    pub(crate) close_after_ms: Option<u64>,
    /// Number of occurrences of each placeholder in the body.
    placeholders: PlaceholderCounts,
    headers_have_placeholders: bool,
}

/// Response to one request. Thousands of responses may be pending at a time. To save memory, they share the template,
/// and placeholders are replaced while a response is sent.
#[derive(Clone, Debug)]
pub(crate) struct RenderedResponse {
    pub(crate) template: Arc<ResponseTemplate>,
    values: Option<PlaceholderValues>,
}

impl Script {
    /// Parses a case file.
    pub(crate) fn parse_file(text: &str) -> Result<Vec<Self>, SandboxError> {
        let file = RawCaseFile::parse(text)?;
        let (mut scripts, mut steps) = (Vec::new(), 0);
        for case in file.cases() {
            let case = case?;
            steps += case.exchanges.len();
            if steps > MAX_STEPS {
                let reason = format!("more than {MAX_STEPS} exchanges in one case file; split the file");
                return Err(SandboxError::case_file(reason));
            }
            scripts.push(Self::new(case));
        }
        Ok(scripts)
    }

    /// Creates a script from a case. If the case is invalid, the script responds to every request with the reason.
    pub(crate) fn new(case: Case) -> Self {
        let bytes = serde_json::to_vec(&case).map_or(0, |json| json.len());
        let problem = case.check().err().map(|error| error.to_string());
        let exchanges = if problem.is_some() { Vec::new() } else { case.exchanges };
        Self {
            name: case.name,
            customer_id: case.when.map(|when| when.customer_id),
            steps: exchanges.into_iter().map(|exchange| Arc::new(Step::new(exchange))).collect(),
            problem,
            bytes,
        }
    }
}

impl Step {
    fn new(Exchange { request, answer }: Exchange) -> Self {
        // `ok` hides no error: an expected request can always be converted to JSON.
        let request = request.and_then(|request| serde_json::to_string(&request).ok());
        Self { request: request.map(String::into_boxed_str), template: Arc::new(answer.into()) }
    }

    /// Returns the expected request with its placeholders replaced, and the response with the values of its
    /// placeholders. If these values make the request or the response invalid, returns the reason as an error.
    pub(crate) fn render(
        &self,
        key: &str,
        base_url: &str,
    ) -> Result<(Option<ExpectedRequest>, RenderedResponse), String> {
        let has_placeholders = self.request.as_ref().is_some_and(|request| request.contains(PREFIX))
            || self.template.placeholders.any()
            || self.template.headers_have_placeholders;
        let values = if has_placeholders { Some(PlaceholderValues::new(key, base_url)?) } else { None };
        let request = match (&self.request, &values) {
            (Some(request), Some(values)) => Some(serde_json::from_str(&values.replace(request))),
            (Some(request), None) => Some(serde_json::from_str(request)),
            (None, _) => None,
        };
        let request = request.transpose().map_err(|error| error.to_string())?;
        let response = RenderedResponse { template: Arc::clone(&self.template), values };
        // The key that replaces `${key}` comes from the client, and may make the response invalid.
        response.check()?;
        Ok((request, response))
    }
}

impl From<Answer> for ResponseTemplate {
    fn from(answer: Answer) -> Self {
        let body = Bytes::from(answer.body_bytes());
        let text = str::from_utf8(&body).ok().filter(|_| answer.base64.is_none());
        let placeholders = text.map(PlaceholderCounts::of).unwrap_or_default();
        Self {
            placeholders,
            headers_have_placeholders: answer.headers.values().any(|value| value.contains(PREFIX)),
            body,
            times: answer.times(),
            content_type: answer.body.is_some().then_some("application/json"),
            status: answer.status,
            headers: answer.headers,
            mint: answer.mint,
            delay_ms: answer.delay_ms,
            fault: answer.fault,
            close_after_ms: answer.close_after_ms,
        }
    }
}

impl RenderedResponse {
    pub(crate) fn new(template: Arc<ResponseTemplate>) -> Self {
        Self { template, values: None }
    }

    fn check(&self) -> Result<(), &'static str> {
        let Some(values) = &self.values else { return Ok(()) };
        let ResponseTemplate { body, times, placeholders, .. } = &*self.template;
        let length = values.replaced_length(body.len(), placeholders);
        if placeholders.any() && length.saturating_mul(*times) > TEXT_MAX_BYTES {
            return Err(TEXT_TOO_LONG);
        }
        if self.headers().any(|(_, value)| HeaderValue::try_from(value).is_err()) {
            return Err(INVALID_HEADER);
        }
        if headers_are_too_long(self.headers()) {
            return Err(HEADERS_TOO_LONG);
        }
        Ok(())
    }

    /// Returns the body that the script defines. If the response contains a new session, the returned body is empty.
    pub(crate) fn body(&self) -> ScriptBody {
        let ResponseTemplate { body, times, placeholders, .. } = &*self.template;
        match &self.values {
            Some(values) if placeholders.any() => {
                ScriptBody::with_placeholders(body, *times, values.clone(), placeholders)
            }
            _ => ScriptBody::new(body, *times),
        }
    }

    /// Returns the headers with their placeholders replaced.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, String)> {
        let values = self.values.as_ref().filter(|_| self.template.headers_have_placeholders);
        self.template.headers.iter().map(move |(name, value)| {
            (name.as_str(), values.map_or_else(|| value.clone(), |values| values.replace(value)))
        })
    }
}
