//! Python's values on their way to the core, which checks what they say; here it is only looked at what they are.

use std::borrow::Cow;
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use renumerate::ffi::{OptionType, is_call_option, option_type, wrong_option, wrong_parameter};
use renumerate::{CallOptions, Error, OptionValue, RetentionSessionRequest, SubscriptionSessionRequest};

use crate::errors::to_python;

/// The options of a call as Python gives them, and in `unknown` what has no name of ours.
pub(crate) struct Options<'a, 'py> {
    pub(crate) timeout: Option<&'a Bound<'py, PyAny>>,
    pub(crate) max_retries: Option<&'a Bound<'py, PyAny>>,
    pub(crate) unknown: &'a Bound<'py, PyDict>,
}

/// Parameters by name, for the core to check.
type Fields = Vec<(Cow<'static, str>, Option<String>)>;

/// A request for a retention session: `customer_id`, `customer_email` and `subscription_id`.
pub(crate) fn retention(
    (id, email, subscription): (Bound<'_, PyAny>, Bound<'_, PyAny>, Bound<'_, PyAny>),
    options: &Options<'_, '_>,
) -> PyResult<(RetentionSessionRequest, CallOptions)> {
    let named = [("customer_id", &id), ("customer_email", &email), ("subscription_id", &subscription)];
    let (fields, options) = sort(&named, options)?;
    Ok((raised(id.py(), RetentionSessionRequest::from_fields(fields))?, options))
}

/// A request for a subscription session: `customer_id` and `customer_email`.
pub(crate) fn subscription(
    (id, email): (Bound<'_, PyAny>, Bound<'_, PyAny>),
    options: &Options<'_, '_>,
) -> PyResult<(SubscriptionSessionRequest, CallOptions)> {
    let (fields, options) = sort(&[("customer_id", &id), ("customer_email", &email)], options)?;
    Ok((raised(id.py(), SubscriptionSessionRequest::from_fields(fields))?, options))
}

fn sort(
    named: &[(&'static str, &Bound<'_, PyAny>)],
    given: &Options<'_, '_>,
) -> PyResult<(Fields, CallOptions)> {
    let py = given.unknown.py();
    let mut options = CallOptions::new();
    for (name, value) in [("timeout", given.timeout), ("max_retries", given.max_retries)] {
        if let Some(value) = value {
            options = raised(py, options.option(name, option(name, value)?))?;
        }
    }
    let mut fields: Fields = Vec::with_capacity(named.len());
    for (name, value) in named {
        fields.push((Cow::Borrowed(name), parameter(name, value)?));
    }
    for (name, value) in given.unknown {
        let name = self::name(&name)?;
        if is_call_option(&name) {
            options = raised(py, options.option(&name, 0.0))?;
        } else {
            // It is refused for its name, whatever its value is.
            let value = if value.is_none() { None } else { Some(String::new()) };
            fields.push((Cow::Owned(name), value));
        }
    }
    Ok((fields, options))
}

fn parameter(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if value.is_none() {
        return Ok(None);
    }
    match text(value) {
        Ok(text) => Ok(Some(text)),
        Err(got) => Err(to_python(value.py(), &wrong_parameter(name, "a str", &got))),
    }
}

/// The value of an option: text, a number, or a timedelta, which is as good as its seconds.
pub(crate) fn option(name: &str, value: &Bound<'_, PyAny>) -> PyResult<OptionValue<'static>> {
    let Some(kind) = option_type(name) else {
        return Ok(OptionValue::from(0.0)); // refused for its name, whatever the value
    };
    let wrong = |takes, got: &str| to_python(value.py(), &wrong_option(name, takes, got));
    if value.is_instance_of::<PyString>() {
        return text(value).map(OptionValue::from).map_err(|got| wrong("text", &got));
    }
    let seconds = if kind == OptionType::Timeout { value.call_method0("total_seconds").ok() } else { None };
    let number = seconds.as_ref().unwrap_or(value);
    match number.extract::<f64>() {
        // To Python a bool is a number; to somebody who reads `timeout=True` it is a mistake.
        Ok(number) if !value.is_instance_of::<PyBool>() => Ok(OptionValue::from(number)),
        _ => Err(wrong(
            match kind {
                OptionType::Timeout => "a number of seconds or a timedelta",
                OptionType::Retries => "a whole number",
                OptionType::Text => "a str",
            },
            &type_of(value),
        )),
    }
}

/// The path of a file, as text or as an object that stands for one.
pub(crate) fn path(name: &str, value: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    value
        .extract()
        .map_err(|_| to_python(value.py(), &wrong_option(name, "a str or a path", &type_of(value))))
}

/// A keyword, to be looked up; half of a character in it is in no name of ours.
pub(crate) fn name(keyword: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(keyword.cast::<PyString>()?.to_string_lossy().into_owned())
}

fn text(value: &Bound<'_, PyAny>) -> Result<String, String> {
    let text = value.cast::<PyString>().map_err(|_| type_of(value))?;
    text.to_str().map(str::to_owned).map_err(|_| "text with a lone surrogate".to_owned())
}

fn type_of(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "something else".to_owned(), |name| format!("the type {name}"))
}

/// The error of the core as the exception that is raised for it.
pub(crate) fn raised<T>(py: Python<'_>, result: Result<T, Error>) -> PyResult<T> {
    result.map_err(|error| to_python(py, &error))
}
