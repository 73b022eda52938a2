//! Mutations of cases: copies with one changed expectation. Even if the client is correct, a test runner must report a
//! failure for each copy.

use serde_json::{Map, Value};

use super::Case;
use crate::error::SandboxError;

/// Case with one changed expectation.
#[derive(Clone, Debug, serde::Serialize)]
pub struct MutatedCase {
    /// Expectation that was changed: its JSON pointer, or a description.
    pub what: String,
    /// Case that a correct client cannot pass.
    pub case: Case,
}

impl Case {
    /// Returns copies of the case, each with one changed expectation.
    ///
    /// # Errors
    ///
    /// [`SandboxError::InvalidCaseFile`] if the case cannot be converted to JSON and back.
    pub fn mutations(&self) -> Result<Vec<MutatedCase>, SandboxError> {
        let json = serde_json::to_value(self).map_err(|error| not_convertible(&error))?;
        let mut paths = Vec::new();
        collect_pointers("/outcome", json.pointer("/outcome"), &mut paths);
        for n in 0..self.exchanges.len() {
            let path = format!("/exchanges/{n}/request");
            collect_pointers(&path, json.pointer(&path), &mut paths);
        }
        let mut mutated = Vec::new();
        for path in paths {
            let mut json = json.clone();
            if let Some(value) = json.pointer_mut(&path) {
                mutate_value(&path, value);
            }
            mutated.push(mutated_case(path, json)?);
        }
        mutated.push(with_exchanges(&json, "one more exchange", |all| all.push(Value::Object(Map::new())))?);
        if !self.exchanges.is_empty() {
            mutated.push(with_exchanges(&json, "no exchange", Vec::clear)?);
        }
        Ok(mutated)
    }
}

fn not_convertible(error: &serde_json::Error) -> SandboxError {
    SandboxError::case_file(format!("the case cannot be mutated: {error}"))
}

fn mutated_case(what: impl Into<String>, json: Value) -> Result<MutatedCase, SandboxError> {
    Ok(MutatedCase {
        what: what.into(),
        case: serde_json::from_value(json).map_err(|error| not_convertible(&error))?,
    })
}

/// Adds to `paths` the JSON pointers of all values within a value, except those of objects and arrays.
fn collect_pointers(path: &str, value: Option<&Value>, paths: &mut Vec<String>) {
    match value {
        Some(Value::Object(members)) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect_pointers(&format!("{path}/{name}"), Some(value), paths);
            }
        }
        Some(Value::Array(items)) => {
            for (n, item) in items.iter().enumerate() {
                collect_pointers(&format!("{path}/{n}"), Some(item), paths);
            }
        }
        Some(_) => paths.push(path.to_owned()),
        None => {}
    }
}

/// Changes a value that is neither an object nor an array.
fn mutate_value(path: &str, value: &mut Value) {
    *value = match value.take() {
        // An error must not contain the texts in `omits`. Every error contains the empty text, so this expectation
        // fails.
        Value::String(_) if path.contains("/omits/") => Value::String(String::new()),
        Value::String(text) => Value::String(format!("{text} and more")),
        Value::Number(number) => match number.as_u64() {
            // A minute is added, because no test takes that long.
            Some(number) if path.ends_with("min_gap_ms") => Value::from(number + 60_000),
            Some(number) => Value::from(number + 1),
            None => Value::from(number.as_f64().unwrap_or_default() + 1.0),
        },
        Value::Bool(flag) => Value::Bool(!flag),
        Value::Null => Value::String("present".to_owned()),
        container @ (Value::Object(_) | Value::Array(_)) => container,
    };
}

fn with_exchanges(
    json: &Value,
    what: &str,
    change: impl FnOnce(&mut Vec<Value>),
) -> Result<MutatedCase, SandboxError> {
    let mut json = json.clone();
    if let Some(exchanges) = json.get_mut("exchanges").and_then(Value::as_array_mut) {
        change(exchanges);
    }
    mutated_case(what, json)
}
