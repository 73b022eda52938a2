//! Holding what was seen against what is expected.

use serde_json::Value;

use crate::fault::{Expect, ExpectError, ExpectSession, Fault};

/// So much longer than its total timeout a call may last, in seconds.
pub(crate) const GRACE: f64 = 0.25;

/// What an outcome is, in the words of the table.
pub(crate) fn told(answer: &Value) -> String {
    let attempts = |of: &Value| match of.get("attempts").and_then(Value::as_u64) {
        Some(1) => String::new(),
        attempts => format!(" ×{}", attempts.map_or("?".to_owned(), |number| number.to_string())),
    };
    if let Some(session) = answer.get("session") {
        return format!("session{}", attempts(session));
    }
    let Some(error) = answer.get("error") else { return "no outcome".to_owned() };
    let mut words = vec![error.get("code").and_then(Value::as_str).unwrap_or("untyped").to_owned()];
    for name in ["phase", "timeout", "status"] {
        match error.get(name) {
            Some(Value::String(text)) => words.push(text.clone()),
            Some(Value::Number(number)) => words.push(number.to_string()),
            _ => {}
        }
    }
    words.join(" ") + &attempts(error)
}

/// What is expected, in the same words.
pub(crate) fn told_expected(expect: &Expect) -> String {
    if expect.session.as_ref().is_some_and(|session| session.or_one_more) {
        return "session, at once or ×2".to_owned();
    }
    let answer = match (&expect.session, &expect.error) {
        (Some(session), _) => serde_json::json!({"session": {"attempts": session.attempts}}),
        (_, Some(error)) => serde_json::json!({"error": {
            "code": error.code, "phase": error.phase, "timeout": error.timeout, "status": error.status,
            "attempts": error.attempts,
        }}),
        _ => Value::Null,
    };
    told(&answer)
}

/// Where an answer of a driver differs from what the fault expects.
pub(crate) fn differences(fault: &Fault, answer: &Value) -> Vec<String> {
    let mut found = match (&fault.expect.session, &fault.expect.error) {
        (Some(expected), _) => of_session(expected, answer),
        (_, Some(expected)) => of_error(expected, answer),
        _ => vec!["nothing is expected".to_owned()],
    };
    let limit = fault.expect.within.unwrap_or(fault.seconds("timeout") + GRACE);
    match answer.get("seconds").and_then(Value::as_f64) {
        // While the process stood still, so did its call.
        Some(seconds) if seconds > limit && !fault.freeze => {
            found.push(format!("it took {seconds:.3} s, and may take {limit} s"));
        }
        Some(_) => {}
        None => found.push("the driver does not say how long it took".to_owned()),
    }
    found
}

fn of_session(expected: &ExpectSession, answer: &Value) -> Vec<String> {
    let Some(session) = answer.get("session") else {
        return vec![format!("there is no session, but {}", text_of(answer))];
    };
    let attempts = session.get("attempts");
    let mut found = Vec::new();
    if !(expected.or_one_more && attempts == Some(&(expected.attempts + 1).into())) {
        same(&mut found, "attempts", attempts, Some(&expected.attempts.into()));
    }
    found
}

fn of_error(expected: &ExpectError, answer: &Value) -> Vec<String> {
    let Some(error) = answer.get("error") else {
        return vec!["there is no error".to_owned()];
    };
    let mut found = Vec::new();
    let mut compare =
        |name: &str, wanted: Option<Value>| same(&mut found, name, error.get(name), wanted.as_ref());
    compare("typed", Some(true.into()));
    compare("code", Some(expected.code.clone().into()));
    compare("retryable", Some(expected.retryable.into()));
    compare("attempts", Some(expected.attempts.into()));
    compare("phase", expected.phase.clone().map(Into::into));
    compare("timeout", expected.timeout.clone().map(Into::into));
    compare("status", expected.status.map(Into::into));
    compare("field", None); // it is no parameter's fault
    compare("retry_after", expected.retry_after.map(Into::into));
    let text = text_of(answer);
    for part in &expected.says {
        if !text.contains(part.as_str()) {
            found.push(format!("{text:?} does not say {part:?}"));
        }
    }
    if let Some(option) = &expected.says_option
        && ![option.clone(), camel_case(option)].iter().any(|name| text.contains(name))
    {
        found.push(format!("{text:?} does not name {option}"));
    }
    found
}

fn text_of(answer: &Value) -> &str {
    answer.pointer("/error/text").and_then(Value::as_str).unwrap_or_default()
}

fn same(found: &mut Vec<String>, name: &str, seen: Option<&Value>, wanted: Option<&Value>) {
    let seen = seen.filter(|seen| !seen.is_null());
    let equal = match (seen, wanted) {
        // A language may say 1.0 where another says 1.
        (Some(Value::Number(seen)), Some(Value::Number(wanted))) => seen.as_f64() == wanted.as_f64(),
        (seen, wanted) => seen == wanted,
    };
    if !equal {
        let tell = |value: Option<&Value>| value.map_or("absent".to_owned(), Value::to_string);
        found.push(format!("{name} is {} and should be {}", tell(seen), tell(wanted)));
    }
}

fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |done, part| {
        let (head, tail) = part.split_at_checked(1).unwrap_or_default();
        done + &head.to_uppercase() + tail
    })
}
