//! A case as it is kept for playing: each exchange by itself, made ready once, whoever plays it and how often.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderValue;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::SandboxError;
use crate::case::{Answer, Case, Exchange, ExpectedRequest, Fault};
use crate::case_file::{HEADERS_TOO_LONG, TEXT_MAX_BYTES, TEXT_TOO_LONG, UNFIT_HEADER, headers_are_too_long};
use crate::filling::{BEGINS, Filling, Placeholders};
use crate::written::Written;

/// How many exchanges a file that comes over the wire may have.
const STEPS_MAX: usize = 10_000;

/// A case without what only a runner of tests needs.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Case")]
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) customer_id: Option<String>,
    pub(crate) steps: Vec<Arc<Step>>,
    /// Why it cannot be played.
    pub(crate) flaw: Option<String>,
    /// Its size as JSON.
    pub(crate) bytes: usize,
}

/// One exchange.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// What must come, as JSON: read as a value it may be a hundred times as large.
    request: Option<Box<str>>,
    answer: Arc<Scripted>,
}

/// An answer.
#[derive(Debug, Default)]
pub(crate) struct Scripted {
    pub(crate) status: u16,
    headers: BTreeMap<String, String>,
    body: Bytes,
    times: usize,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) mint: bool,
    pub(crate) delay_ms: u64,
    pub(crate) fault: Option<Fault>,
    pub(crate) close_after_ms: Option<u64>,
    /// Those of the body.
    placeholders: Placeholders,
    headers_fill: bool,
}

/// An answer for one run. Thousands of these may wait: what is large of it is shared, and filled in while it is written.
#[derive(Clone, Debug)]
pub(crate) struct ToGive {
    pub(crate) answer: Arc<Scripted>,
    filling: Option<Filling>,
}

/// A file of cases that are taken one by one: all of them as values would be many times as large as the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScriptFile {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    #[serde(default, rename = "about")]
    _about: String,
    #[serde(deserialize_with = "scripts")]
    cases: Vec<Script>,
}

/// Reads cases, and stops where these have too many exchanges together.
fn scripts<'de, D: Deserializer<'de>>(list: D) -> Result<Vec<Script>, D::Error> {
    struct AFew;
    impl<'de> Visitor<'de> for AFew {
        type Value = Vec<Script>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of cases")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Script>, A::Error> {
            let (mut scripts, mut steps) = (Vec::new(), 0);
            while let Some(script) = list.next_element::<Script>()? {
                steps += script.steps.len();
                if steps > STEPS_MAX {
                    return Err(A::Error::custom(format!(
                        "its cases have more than {STEPS_MAX} exchanges together: make several files of it"
                    )));
                }
                scripts.push(script);
            }
            Ok(scripts)
        }
    }
    list.deserialize_seq(AFew)
}

impl Script {
    /// Reads a case file for playing.
    pub(crate) fn read_file(text: &str) -> Result<Vec<Self>, SandboxError> {
        let file: ScriptFile = serde_json::from_str(text)
            .map_err(|error| SandboxError::new(format!("not a case file: {error}")))?;
        Ok(file.cases)
    }
}

impl TryFrom<Case> for Script {
    type Error = SandboxError;

    fn try_from(case: Case) -> Result<Self, SandboxError> {
        case.check()?;
        Ok(Self::from_value(case))
    }
}

impl Script {
    /// A case that was not read from a file, and may have flaws: these are told when it is played.
    pub(crate) fn from_value(case: Case) -> Self {
        let bytes = serde_json::to_vec(&case).map_or(0, |json| json.len());
        let flaw = case.check().err().map(|flaw| flaw.to_string());
        let exchanges = if flaw.is_some() { Vec::new() } else { case.exchanges };
        Self {
            name: case.name,
            customer_id: case.when.map(|when| when.customer_id),
            steps: exchanges.into_iter().map(|exchange| Arc::new(Step::new(exchange))).collect(),
            flaw,
            bytes,
        }
    }
}

impl Step {
    fn new(Exchange { request, answer }: Exchange) -> Self {
        // Texts and names are JSON always.
        let request = request.and_then(|request| serde_json::to_string(&request).ok());
        Self { request: request.map(String::into_boxed_str), answer: Arc::new(answer.into()) }
    }

    /// What must come and what is answered, in one run; or why that cannot be.
    pub(crate) fn filled(
        &self,
        key: &str,
        base_url: &str,
    ) -> Result<(Option<ExpectedRequest>, ToGive), String> {
        let request_fills = self.request.as_ref().is_some_and(|request| request.contains(BEGINS));
        let filling = if request_fills || self.answer.placeholders.any() || self.answer.headers_fill {
            Some(Filling::new(key, base_url)?)
        } else {
            None
        };
        let request = match (&self.request, &filling) {
            (Some(request), Some(filling)) => Some(serde_json::from_str(&filling.text(request))),
            (Some(request), None) => Some(serde_json::from_str(request)),
            (None, _) => None,
        };
        let request = request.transpose().map_err(|error| error.to_string())?;
        let answer = ToGive { answer: Arc::clone(&self.answer), filling };
        // What is filled in is the client's.
        answer.check()?;
        Ok((request, answer))
    }
}

impl From<Answer> for Scripted {
    fn from(answer: Answer) -> Self {
        let body = Bytes::from(answer.one_time());
        let text = str::from_utf8(&body).ok().filter(|_| answer.base64.is_none());
        let placeholders = text.map(Placeholders::of).unwrap_or_default();
        Self {
            placeholders,
            headers_fill: answer.headers.values().any(|value| value.contains(BEGINS)),
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

impl ToGive {
    pub(crate) fn new(answer: Arc<Scripted>) -> Self {
        Self { answer, filling: None }
    }

    fn check(&self) -> Result<(), &'static str> {
        let Some(filling) = &self.filling else { return Ok(()) };
        let Scripted { body, times, placeholders, .. } = &*self.answer;
        let length = filling.length(body.len(), placeholders);
        if placeholders.any() && length.saturating_mul(*times) > TEXT_MAX_BYTES {
            return Err(TEXT_TOO_LONG);
        }
        if self.headers().any(|(_, value)| HeaderValue::try_from(value).is_err()) {
            return Err(UNFIT_HEADER);
        }
        if headers_are_too_long(self.headers()) {
            return Err(HEADERS_TOO_LONG);
        }
        Ok(())
    }

    /// The body of the answer, not counting a session's.
    pub(crate) fn body(&self) -> Written {
        let Scripted { body, times, placeholders, .. } = &*self.answer;
        match &self.filling {
            Some(filling) if placeholders.any() => {
                Written::filled(body, *times, filling.clone(), placeholders)
            }
            _ => Written::new(body, *times),
        }
    }

    /// The headers with what is filled into their values.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, String)> {
        let filling = self.filling.as_ref().filter(|_| self.answer.headers_fill);
        self.answer.headers.iter().map(move |(name, value)| {
            (name.as_str(), filling.map_or_else(|| value.clone(), |filling| filling.text(value)))
        })
    }
}
