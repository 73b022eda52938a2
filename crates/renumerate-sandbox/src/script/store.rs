//! Store of scripts: selects the exchange for a request, and compares the request with the expected request of the
//! exchange.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::{RenderedResponse, Script, Step};
use crate::case::ExpectedRequest;
use crate::contract::KEY_HEADER;
use crate::redact::fingerprint;

/// Prefix of private keys that name a case.
const CASE_KEY: &str = "sk_case_";

/// Maximum length of a private key that names a case.
const CASE_KEY_MAX_BYTES: usize = 255;

/// Maximum number of stored positions. For each key and script, one position is stored: the number of the next
/// exchange.
const MAX_PROGRESS: usize = 100_000;

/// Parts of a request that a case checks.
#[derive(Debug)]
pub(crate) struct RequestView<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a BTreeMap<String, String>,
    pub(crate) body: &'a [u8],
}

impl RequestView<'_> {
    pub(crate) fn path_without_query(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    pub(crate) fn content_type(&self) -> Option<&str> {
        self.headers.get("content-type").map(String::as_str)
    }
}

/// Response of a script to a request.
#[derive(Debug)]
pub(crate) struct ScriptResponse {
    pub(crate) case: String,
    /// The response, or the difference between the received request and the request that the case expects.
    pub(crate) response: Result<RenderedResponse, String>,
}

/// Exchange that was selected for a request. The request is compared with the expected request later, when the store is
/// no longer locked.
#[derive(Debug)]
pub(crate) struct SelectedStep {
    case: String,
    key: String,
    step: Result<Arc<Step>, String>,
}

/// Scripts, and for each key its position in each script.
#[derive(Debug, Default)]
pub(crate) struct ScriptStore {
    scripts: HashMap<String, Script>,
    bytes: usize,
    by_customer: HashMap<String, String>,
    progress: HashMap<(String, String), usize>,
}

impl ScriptStore {
    /// Size of all scripts as JSON.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds scripts. A script replaces an existing script of the same name.
    pub(crate) fn add(&mut self, scripts: impl IntoIterator<Item = Script>) {
        let mut replaced = HashSet::new();
        for script in scripts {
            if let Some(old) = self.scripts.remove(&script.name) {
                self.bytes -= old.bytes;
                if let Some(customer) = old.customer_id
                    && self.by_customer.get(&customer) == Some(&old.name)
                {
                    self.by_customer.remove(&customer);
                }
                replaced.insert(old.name);
            }
            if let Some(customer) = &script.customer_id {
                self.by_customer.insert(customer.clone(), script.name.clone());
            }
            self.bytes += script.bytes;
            self.scripts.insert(script.name.clone(), script);
        }
        if !replaced.is_empty() {
            self.progress.retain(|(_, name), _| !replaced.contains(name));
        }
    }

    pub(crate) fn restart(&mut self) {
        self.progress.clear();
    }

    /// Selects the next exchange of the case that a key names. Returns `None` if the key names no case.
    pub(crate) fn select_by_key(&mut self, key: &str) -> Option<SelectedStep> {
        let (name, _nonce) = key.strip_prefix(CASE_KEY)?.split_once('.')?;
        if key.len() > CASE_KEY_MAX_BYTES {
            return None;
        }
        self.scripts.get(name).filter(|script| script.customer_id.is_none())?;
        let position = self.advance(key, name);
        let script = self.scripts.get(name)?;
        let step = script.step(position).unwrap_or_else(|| {
            Err(format!("the case expects {} request(s), but received one more", script.steps.len()))
        });
        Some(SelectedStep { case: name.to_owned(), key: key.to_owned(), step })
    }

    /// Selects the next exchange of a customer's script; `None` if the customer has no script. After the last exchange,
    /// the script starts again.
    pub(crate) fn select_by_customer(
        &mut self,
        customer_id: Option<&str>,
        key: &str,
    ) -> Option<SelectedStep> {
        let name = self.by_customer.get(customer_id?)?.clone();
        let position = self.advance(key, &name);
        let script = self.scripts.get(&name)?;
        let step = script.step(position.checked_rem(script.steps.len()).unwrap_or_default())?;
        Some(SelectedStep { case: name, key: key.to_owned(), step })
    }

    /// Returns the position of a key in a script, and increments the stored position.
    fn advance(&mut self, key: &str, name: &str) -> usize {
        if self.progress.len() >= MAX_PROGRESS {
            self.progress.clear(); // a sandbox may run for days, and each run of a case has its own key
        }
        let position = self.progress.entry((key.to_owned(), name.to_owned())).or_default();
        *position += 1;
        *position - 1
    }
}

impl Script {
    /// Returns the exchange at a position, or the reason why the case is invalid; `None` after the last exchange.
    fn step(&self, position: usize) -> Option<Result<Arc<Step>, String>> {
        match &self.problem {
            Some(problem) => Some(Err(problem.clone())),
            None => self.steps.get(position).map(|step| Ok(Arc::clone(step))),
        }
    }
}

impl SelectedStep {
    /// Compares the request with the expected request, and returns the response or the differences.
    pub(crate) fn respond(self, base_url: &str, request: &RequestView<'_>) -> ScriptResponse {
        let Self { case, key, step } = self;
        let response = step.and_then(|step| {
            let (expected, response) = step.render(&key, base_url)?;
            let differences = expected.map(|expected| differences(&expected, request)).unwrap_or_default();
            if differences.is_empty() { Ok(response) } else { Err(differences.join("; ")) }
        });
        ScriptResponse { case, response }
    }
}

/// Describes the differences between a request and the expected request.
fn differences(expected: &ExpectedRequest, request: &RequestView<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |part: &str, actual: &str, expected: &str| {
        if actual != expected {
            found.push(format!("{part} is {actual:?}, but {expected:?} is expected"));
        }
    };
    compare("the method", request.method, &expected.method);
    compare("the path", request.path, &expected.path);
    for (name, value) in &expected.headers {
        // The private key is always redacted, even if the sandbox does not accept it.
        let redact = |value: &String| if name == KEY_HEADER { fingerprint(value) } else { value.clone() };
        let shown = |value: Option<&String>| value.map_or("(absent)".to_owned(), redact);
        compare(&format!("the header {name}"), &shown(request.headers.get(name)), &shown(value.as_ref()));
    }
    let text = String::from_utf8_lossy(request.body);
    if let Some(body) = &expected.body_text {
        compare("the body", &text, body);
    }
    if let Some(body) = &expected.body {
        let actual: Option<Value> = serde_json::from_slice(request.body).ok();
        if actual.as_ref() != Some(body) {
            compare("the body", &text, &body.to_string());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::case::{Answer, Case, Exchange};

    /// Returns a function that sends a request with its argument as the key. The store contains only the case `a`,
    /// which has these responses.
    fn player(answers: impl IntoIterator<Item = Answer>) -> impl FnMut(&str) -> Result<(), String> {
        let exchanges = answers.into_iter().map(|answer| Exchange { request: None, answer }).collect();
        let mut scripts = ScriptStore::default();
        scripts.add([Script::new(Case { name: "a".to_owned(), exchanges, ..Case::default() })]);
        move |key| {
            let request = RequestView { method: "POST", path: "/", headers: &BTreeMap::new(), body: b"" };
            scripts.select_by_key(key).unwrap().respond("http://a", &request).response.map(drop)
        }
    }

    #[test]
    fn text_with_replaced_placeholders_is_limited() {
        let answer = Answer { text: Some("${key}".to_owned()), repeat: Some(1_000_000), ..Answer::default() };
        let mut play = player([answer]);
        assert_eq!(play("sk_case_a.1"), Ok(()));
        assert!(play(&format!("sk_case_a.{}", "x".repeat(100))).unwrap_err().contains("exceeds 16 MiB"));
    }

    #[test]
    fn headers_with_replaced_placeholders_are_limited() {
        let headers = BTreeMap::from([("x".to_owned(), "${key}".repeat(1000))]);
        let mut play = player([Answer { headers, ..Answer::default() }]);
        assert_eq!(play("sk_case_a.1"), Ok(()));
        assert!(play(&format!("sk_case_a.{}", "x".repeat(100))).unwrap_err().contains("exceed 64 KiB"));
    }

    #[test]
    fn exchange_does_not_depend_on_later_exchanges() {
        let text = |text: &str| Answer { text: Some(text.to_owned()), ..Answer::default() };
        let long = Answer { repeat: Some(1_000_000), ..text("${key}") };
        let mut player = player([text("x"), long]);
        let mut play = || player(&format!("sk_case_a.{}", "x".repeat(100)));
        assert_eq!(play(), Ok(()));
        assert!(play().unwrap_err().contains("exceeds 16 MiB"));
        assert!(play().unwrap_err().contains("one more"));
    }

    #[test]
    fn script_replaces_script_of_same_name() {
        let script = |name: &str, customer: Option<&str>| {
            let when = customer.map(|customer| json!({"customer_id": customer}));
            Script::new(
                serde_json::from_value(json!({"name": name, "when": when, "exchanges": [{}]})).unwrap(),
            )
        };
        let mut scripts = ScriptStore::default();
        scripts.add([script("a", Some("cus_1")), script("b", None)]);
        let bytes = scripts.bytes();
        for key in ["sk_case_b.1", "sk_case_b.1"] {
            assert!(scripts.select_by_key(key).is_some());
        }
        scripts.add([script("b", None)]);
        assert!(scripts.select_by_key("sk_case_b.1").unwrap().step.is_ok(), "the progress is deleted");
        assert_eq!(scripts.bytes(), bytes);
        scripts.add([script("a", Some("cus_2"))]);
        assert!(scripts.select_by_customer(Some("cus_1"), "k").is_none());
        assert!(scripts.select_by_customer(Some("cus_2"), "k").is_some());
        assert_eq!(scripts.bytes(), bytes);
    }
}
