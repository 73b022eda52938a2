//! Playing cases: which one a request belongs to, how far it has got, and where the wire differs from it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::Value;

use crate::SandboxError;
use crate::case::{Answer, Case, ExpectedRequest};
use crate::contract::KEY_HEADER;
use crate::ledger::fingerprint;

/// Keys of this form play the case that they name.
const CASE_KEY: &str = "sk_case_";

/// A longer key plays no case.
const CASE_KEY_MAX_BYTES: usize = 255;

/// How many runs are remembered.
const REMEMBERED: usize = 100_000;

/// A request as a case sees it.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a BTreeMap<String, String>,
    pub(crate) body: &'a [u8],
}

/// What a case says to a request.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) case: String,
    /// The scripted answer, or how the request differs from what the case expects.
    pub(crate) answer: Result<Answer, String>,
}

/// The cases that are known, and how far each key has got in them.
#[derive(Debug, Default)]
pub(crate) struct Scripts {
    cases: HashMap<String, Known>,
    by_customer: HashMap<String, String>,
    progress: HashMap<(String, String), usize>,
}

/// A case, and its size as JSON.
#[derive(Debug)]
struct Known {
    case: Arc<Case>,
    bytes: usize,
}

impl Scripts {
    /// How large the cases are together, as JSON.
    pub(crate) fn bytes(&self) -> usize {
        self.cases.values().map(|known| known.bytes).sum()
    }

    /// Takes cases; one of a known name takes the old one's place.
    pub(crate) fn add(&mut self, cases: impl IntoIterator<Item = Case>) {
        for case in cases {
            self.progress.retain(|(_, name), _| *name != case.name);
            self.by_customer.retain(|_, name| *name != case.name);
            if let Some(when) = &case.when {
                self.by_customer.insert(when.customer_id.clone(), case.name.clone());
            }
            let bytes = serde_json::to_vec(&case).map_or(0, |json| json.len());
            self.cases.insert(case.name.clone(), Known { case: Arc::new(case), bytes });
        }
    }

    pub(crate) fn restart(&mut self) {
        self.progress.clear();
    }

    /// Plays the case that a key names; `None` where it names none.
    pub(crate) fn play_key(&mut self, key: &str, base_url: &str, seen: &Seen<'_>) -> Option<Played> {
        let (name, _nonce) = key.strip_prefix(CASE_KEY)?.split_once('.')?;
        if key.len() > CASE_KEY_MAX_BYTES {
            return None;
        }
        let case = self.case(name).filter(|case| case.when.is_none())?;
        let step = self.step(key, name);
        let answer = match case.exchanges.get(step) {
            Some(_) => play(&case, step, key, base_url, seen),
            None => {
                Err(format!("the case expects {} request(s), and this is one more", case.exchanges.len()))
            }
        };
        Some(Played { case: case.name.clone(), answer })
    }

    /// Plays the script of a customer, over and over; `None` where there is none.
    pub(crate) fn play_customer(
        &mut self,
        customer_id: Option<&str>,
        key: &str,
        base_url: &str,
        seen: &Seen<'_>,
    ) -> Option<Played> {
        let name = self.by_customer.get(customer_id?)?.clone();
        let case = self.case(&name)?;
        let step = self.step(key, &name).checked_rem(case.exchanges.len())?;
        Some(Played { answer: play(&case, step, key, base_url, seen), case: name })
    }

    fn case(&self, name: &str) -> Option<Arc<Case>> {
        self.cases.get(name).map(|known| Arc::clone(&known.case))
    }

    fn step(&mut self, key: &str, name: &str) -> usize {
        if self.progress.len() >= REMEMBERED {
            self.progress.clear(); // a sandbox may run for days, and each run of a case has a key of its own
        }
        let step = self.progress.entry((key.to_owned(), name.to_owned())).or_default();
        *step += 1;
        *step - 1
    }
}

fn play(case: &Case, step: usize, key: &str, base_url: &str, seen: &Seen<'_>) -> Result<Answer, String> {
    let case = case.filled(key, base_url).map_err(|error| error.to_string())?;
    // What is filled in is the client's, and a case that is given as a value was not looked at before.
    case.check().map_err(|error| error.to_string())?;
    let exchange = case.exchanges.into_iter().nth(step).ok_or("the case has no such exchange")?;
    let differences = exchange.request.map(|expected| differences(&expected, seen)).unwrap_or_default();
    if differences.is_empty() { Ok(exchange.answer) } else { Err(differences.join("; ")) }
}

fn differences(expected: &ExpectedRequest, seen: &Seen<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, seen: &str, expected: &str| {
        if seen != expected {
            found.push(format!("{what} is {seen:?} and should be {expected:?}"));
        }
    };
    compare("the method", seen.method, &expected.method);
    compare("the path", seen.path, &expected.path);
    for (name, value) in &expected.headers {
        // A key is never told, not even a wrong one.
        let tell = |value: &String| if name == KEY_HEADER { fingerprint(value) } else { value.clone() };
        let told = |value: Option<&String>| value.map_or("(absent)".to_owned(), tell);
        compare(&format!("the header {name}"), &told(seen.headers.get(name)), &told(value.as_ref()));
    }
    let text = String::from_utf8_lossy(seen.body);
    if let Some(body) = &expected.body_text {
        compare("the body", &text, body);
    }
    if let Some(body) = &expected.body {
        let seen: Option<Value> = serde_json::from_slice(seen.body).ok();
        if seen.as_ref() != Some(body) {
            compare("the body", &text, &body.to_string());
        }
    }
    found
}

impl Case {
    /// The case with `${key}`, `${base_url}` and `${host}` filled in for one run.
    ///
    /// # Errors
    ///
    /// Where what is filled in is not fit to stand in JSON text.
    pub fn filled(&self, key: &str, base_url: &str) -> Result<Self, SandboxError> {
        let failed = |error: serde_json::Error| SandboxError::new(format!("the case {}: {error}", self.name));
        let text = serde_json::to_string(self).map_err(failed)?;
        if !text.contains("${") {
            return Ok(self.clone());
        }
        let host = base_url.split_once("://").map_or(base_url, |(_, host)| host);
        let text = text.replace("${key}", key).replace("${base_url}", base_url).replace("${host}", host);
        serde_json::from_str(&text).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Exchange;

    #[test]
    fn what_is_filled_in_is_looked_at_too() {
        let answer = Answer { text: Some("${key}".to_owned()), repeat: Some(1_000_000), ..Answer::default() };
        let exchanges = vec![Exchange { request: None, answer }];
        let mut scripts = Scripts::default();
        scripts.add([Case { name: "a".to_owned(), exchanges, ..Case::default() }]);
        let seen = Seen { method: "POST", path: "/", headers: &BTreeMap::new(), body: b"" };
        let mut play = |key: &str| scripts.play_key(key, "http://a", &seen).unwrap().answer.map(drop);
        assert_eq!(play("sk_case_a.1"), Ok(()));
        assert!(play(&format!("sk_case_a.{}", "x".repeat(100))).unwrap_err().contains("over 16 MiB"));
    }
}
