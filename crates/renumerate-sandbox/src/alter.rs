//! Wrong expectations made out of right ones: each must turn a run red, or the runner does not look.

use serde_json::{Map, Value};

use crate::SandboxError;
use crate::case::Case;

/// A case with one expectation altered.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AlteredCase {
    /// What was altered, as a JSON pointer or in words.
    pub what: String,
    /// The case, which no client can fulfil.
    pub case: Case,
}

impl Case {
    /// Every expectation of the case, altered one at a time.
    ///
    /// # Errors
    ///
    /// Where the case cannot be written as JSON and read back, which is a flaw of this crate.
    pub fn alterations(&self) -> Result<Vec<AlteredCase>, SandboxError> {
        let json = serde_json::to_value(self).map_err(|error| flaw(&error))?;
        let mut paths = Vec::new();
        collect("/outcome", json.pointer("/outcome"), &mut paths);
        for n in 0..self.exchanges.len() {
            let path = format!("/exchanges/{n}/request");
            collect(&path, json.pointer(&path), &mut paths);
        }
        let mut altered = Vec::new();
        for path in paths {
            let mut json = json.clone();
            if let Some(value) = json.pointer_mut(&path) {
                alter(&path, value);
            }
            altered.push(read(path, json)?);
        }
        altered.push(with_exchanges(&json, "one more exchange", |all| all.push(Value::Object(Map::new())))?);
        if !self.exchanges.is_empty() {
            altered.push(with_exchanges(&json, "no exchange", Vec::clear)?);
        }
        Ok(altered)
    }
}

fn flaw(error: &serde_json::Error) -> SandboxError {
    SandboxError::new(format!("the case cannot be altered: {error}"))
}

fn read(what: impl Into<String>, json: Value) -> Result<AlteredCase, SandboxError> {
    Ok(AlteredCase { what: what.into(), case: serde_json::from_value(json).map_err(|error| flaw(&error))? })
}

/// The paths of all values below one, in the form of JSON pointers.
fn collect(path: &str, value: Option<&Value>, paths: &mut Vec<String>) {
    match value {
        Some(Value::Object(members)) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(&format!("{path}/{name}"), Some(value), paths);
            }
        }
        Some(Value::Array(items)) => {
            for (n, item) in items.iter().enumerate() {
                collect(&format!("{path}/{n}"), Some(item), paths);
            }
        }
        Some(_) => paths.push(path.to_owned()),
        None => {}
    }
}

/// Makes another value of one that is neither an object nor an array.
fn alter(path: &str, value: &mut Value) {
    *value = match value.take() {
        // What must not be said is altered to what is said in every error.
        Value::String(_) if path.contains("/omits/") => Value::String(String::new()),
        Value::String(text) => Value::String(format!("{text} and more")),
        Value::Number(number) => match number.as_u64() {
            // A lower bound is only missed by far.
            Some(number) if path.ends_with("min_gap_ms") => Value::from(number + 60_000),
            Some(number) => Value::from(number + 1),
            None => Value::from(number.as_f64().unwrap_or_default() + 1.0),
        },
        Value::Bool(flag) => Value::Bool(!flag),
        Value::Null => Value::String("there".to_owned()),
        whole @ (Value::Object(_) | Value::Array(_)) => whole,
    };
}

fn with_exchanges(
    json: &Value,
    what: &str,
    change: impl FnOnce(&mut Vec<Value>),
) -> Result<AlteredCase, SandboxError> {
    let mut json = json.clone();
    if let Some(exchanges) = json.get_mut("exchanges").and_then(Value::as_array_mut) {
        change(exchanges);
    }
    read(what, json)
}
