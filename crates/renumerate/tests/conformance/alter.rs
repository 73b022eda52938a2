//! Wrong expectations made out of right ones: each must turn a run red, or the runner does not look.

use renumerate_sandbox::Case;
use serde_json::{Map, Value};

/// Every expectation of a case, altered one at a time, and what was altered.
pub(crate) fn alterations(case: &Case) -> Vec<(String, Case)> {
    let json = serde_json::to_value(case).unwrap();
    let mut paths = Vec::new();
    collect("/outcome", json.pointer("/outcome").unwrap(), &mut paths);
    for (n, exchange) in case.exchanges.iter().enumerate() {
        if exchange.request.is_some() {
            let path = format!("/exchanges/{n}/request");
            collect(&path, json.pointer(&path).unwrap(), &mut paths);
        }
    }
    let mut altered: Vec<_> = paths.into_iter().map(|path| (path.clone(), with(&json, &path))).collect();
    altered.push(("one more exchange".to_owned(), with_one_more_exchange(&json)));
    if !case.exchanges.is_empty() {
        altered.push(("no exchange".to_owned(), with_no_exchange(&json)));
    }
    altered
}

/// The paths of all values below one, in the form of JSON pointers.
fn collect(path: &str, value: &Value, paths: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                collect(&format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), value, paths);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                collect(&format!("{path}/{n}"), item, paths);
            }
        }
        _ => paths.push(path.to_owned()),
    }
}

fn with(json: &Value, path: &str) -> Case {
    let mut json = json.clone();
    let value = json.pointer_mut(path).unwrap();
    *value = match value.take() {
        // What must not be said is altered to what is said in every error.
        Value::String(_) if path.contains("/omits/") => Value::String(String::new()),
        Value::String(text) => Value::String(format!("{text} and more")),
        Value::Number(number) if number.is_f64() => Value::from(number.as_f64().unwrap() + 1.0),
        // A lower bound is only missed by far.
        Value::Number(number) if path.ends_with("min_gap_ms") => {
            Value::from(number.as_u64().unwrap() + 60_000)
        }
        Value::Number(number) => Value::from(number.as_u64().unwrap() + 1),
        Value::Bool(flag) => Value::Bool(!flag),
        Value::Null => Value::String("there".to_owned()),
        Value::Object(_) | Value::Array(_) => panic!("{path} is not a leaf"),
    };
    serde_json::from_value(json).unwrap()
}

fn with_one_more_exchange(json: &Value) -> Case {
    let mut json = json.clone();
    json.get_mut("exchanges").and_then(Value::as_array_mut).unwrap().push(Value::Object(Map::new()));
    serde_json::from_value(json).unwrap()
}

fn with_no_exchange(json: &Value) -> Case {
    let mut json = json.clone();
    json.get_mut("exchanges").and_then(Value::as_array_mut).unwrap().clear();
    serde_json::from_value(json).unwrap()
}
