//! Playing cases: which one a request belongs to, how far it has got, and where the wire differs from it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use crate::SandboxError;
use crate::case::{Case, ExpectedRequest};
use crate::contract::KEY_HEADER;
use crate::ledger::fingerprint;
use crate::step::{Script, Step, ToGive};

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
    pub(crate) answer: Result<ToGive, String>,
}

/// The exchange of a case that a request is for. Whether it is as it must be is found out without holding up others.
#[derive(Debug)]
pub(crate) struct Chosen {
    case: String,
    key: String,
    step: Result<Arc<Step>, String>,
}

/// The cases that are known, and how far each key has got in them.
#[derive(Debug, Default)]
pub(crate) struct Scripts {
    cases: HashMap<String, Script>,
    bytes: usize,
    by_customer: HashMap<String, String>,
    progress: HashMap<(String, String), usize>,
}

impl Scripts {
    /// How large the cases are together, as JSON.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes cases; one of a known name takes the old one's place.
    pub(crate) fn add(&mut self, scripts: impl IntoIterator<Item = Script>) {
        let mut replaced = HashSet::new();
        for script in scripts {
            if let Some(old) = self.cases.remove(&script.name) {
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
            self.cases.insert(script.name.clone(), script);
        }
        if !replaced.is_empty() {
            self.progress.retain(|(_, name), _| !replaced.contains(name));
        }
    }

    pub(crate) fn restart(&mut self) {
        self.progress.clear();
    }

    /// Plays the case that a key names; `None` where it names none.
    pub(crate) fn play_key(&mut self, key: &str) -> Option<Chosen> {
        let (name, _nonce) = key.strip_prefix(CASE_KEY)?.split_once('.')?;
        if key.len() > CASE_KEY_MAX_BYTES {
            return None;
        }
        self.cases.get(name).filter(|script| script.customer_id.is_none())?;
        let at = self.step(key, name);
        let script = self.cases.get(name)?;
        let step = script.step(at).unwrap_or_else(|| {
            Err(format!("the case expects {} request(s), and this is one more", script.steps.len()))
        });
        Some(Chosen { case: name.to_owned(), key: key.to_owned(), step })
    }

    /// Plays the script of a customer, over and over; `None` where there is none.
    pub(crate) fn play_customer(&mut self, customer_id: Option<&str>, key: &str) -> Option<Chosen> {
        let name = self.by_customer.get(customer_id?)?.clone();
        let at = self.step(key, &name);
        let script = self.cases.get(&name)?;
        let step = script.step(at.checked_rem(script.steps.len()).unwrap_or_default())?;
        Some(Chosen { case: name, key: key.to_owned(), step })
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

impl Script {
    /// An exchange, or why there is none that can be played; `None` where the case has ended.
    fn step(&self, at: usize) -> Option<Result<Arc<Step>, String>> {
        match &self.flaw {
            Some(flaw) => Some(Err(flaw.clone())),
            None => self.steps.get(at).map(|step| Ok(Arc::clone(step))),
        }
    }
}

impl Chosen {
    /// Compares the request with the one that the case expects.
    pub(crate) fn played(self, base_url: &str, seen: &Seen<'_>) -> Played {
        let Self { case, key, step } = self;
        let answer = step.and_then(|step| {
            let filled = step.filled(&key, base_url);
            let (expected, answer) = filled.map_err(|reason| format!("the case {case:?} {reason}"))?;
            let differences = expected.map(|expected| differences(&expected, seen)).unwrap_or_default();
            if differences.is_empty() { Ok(answer) } else { Err(differences.join("; ")) }
        });
        Played { case, answer }
    }
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
    use serde_json::json;

    use super::*;
    use crate::case::{Answer, Exchange};

    /// Plays the case `a`, of these answers, for whoever comes with a key of it.
    fn player(answers: impl IntoIterator<Item = Answer>) -> impl FnMut(&str) -> Result<(), String> {
        let exchanges = answers.into_iter().map(|answer| Exchange { request: None, answer }).collect();
        let mut scripts = Scripts::default();
        scripts.add([Script::from_value(Case { name: "a".to_owned(), exchanges, ..Case::default() })]);
        move |key| {
            let seen = Seen { method: "POST", path: "/", headers: &BTreeMap::new(), body: b"" };
            scripts.play_key(key).unwrap().played("http://a", &seen).answer.map(drop)
        }
    }

    #[test]
    fn what_is_filled_in_is_looked_at_too() {
        let answer = Answer { text: Some("${key}".to_owned()), repeat: Some(1_000_000), ..Answer::default() };
        let mut play = player([answer]);
        assert_eq!(play("sk_case_a.1"), Ok(()));
        assert!(play(&format!("sk_case_a.{}", "x".repeat(100))).unwrap_err().contains("over 16 MiB"));
    }

    #[test]
    fn headers_are_looked_at_with_what_is_filled_in() {
        let headers = BTreeMap::from([("x".to_owned(), "${key}".repeat(1000))]);
        let mut play = player([Answer { headers, ..Answer::default() }]);
        assert_eq!(play("sk_case_a.1"), Ok(()));
        assert!(play(&format!("sk_case_a.{}", "x".repeat(100))).unwrap_err().contains("over 64 KiB"));
    }

    #[test]
    fn an_exchange_is_played_without_looking_at_the_others() {
        let text = |text: &str| Answer { text: Some(text.to_owned()), ..Answer::default() };
        let long = Answer { repeat: Some(1_000_000), ..text("${key}") };
        let mut player = player([text("x"), long]);
        let mut play = || player(&format!("sk_case_a.{}", "x".repeat(100)));
        assert_eq!(play(), Ok(()));
        assert!(play().unwrap_err().contains("over 16 MiB"));
        assert!(play().unwrap_err().contains("one more"));
    }

    #[test]
    fn a_case_takes_the_place_of_its_namesake() {
        let script = |name: &str, customer: Option<&str>| {
            let when = customer.map(|customer| json!({"customer_id": customer}));
            Script::from_value(
                serde_json::from_value(json!({"name": name, "when": when, "exchanges": [{}]})).unwrap(),
            )
        };
        let mut scripts = Scripts::default();
        scripts.add([script("a", Some("cus_1")), script("b", None)]);
        let bytes = scripts.bytes();
        for key in ["sk_case_b.1", "sk_case_b.1"] {
            assert!(scripts.play_key(key).is_some());
        }
        scripts.add([script("b", None)]);
        assert!(scripts.play_key("sk_case_b.1").unwrap().step.is_ok(), "it begins anew");
        assert_eq!(scripts.bytes(), bytes);
        scripts.add([script("a", Some("cus_2"))]);
        assert!(scripts.play_customer(Some("cus_1"), "k").is_none());
        assert!(scripts.play_customer(Some("cus_2"), "k").is_some());
        assert_eq!(scripts.bytes(), bytes);
    }
}
