//! Conversion of Python arguments to core types. This module checks types; the core checks values.

use std::borrow::Cow;
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use renumerate::ffi::{OptionType, is_call_option, option_type, wrong_option, wrong_parameter};
use renumerate::{CallOptions, Error, OptionValue, RetentionSessionRequest, SubscriptionSessionRequest};

use crate::errors::to_py_err;

/// Call options as Python passes them. `unknown` holds all other keyword arguments.
pub(crate) struct RawCallOptions<'a, 'py> {
    pub(crate) timeout: Option<&'a Bound<'py, PyAny>>,
    pub(crate) max_retries: Option<&'a Bound<'py, PyAny>>,
    pub(crate) unknown: &'a Bound<'py, PyDict>,
}

/// Request parameters as name-value pairs. The core validates them.
type RawParams = Vec<(Cow<'static, str>, Option<String>)>;

/// Creates a retention session request from `customer_id`, `customer_email` and `subscription_id`.
pub(crate) fn retention_request(
    (id, email, subscription): (Bound<'_, PyAny>, Bound<'_, PyAny>, Bound<'_, PyAny>),
    options: &RawCallOptions<'_, '_>,
) -> PyResult<(RetentionSessionRequest, CallOptions)> {
    let named = [("customer_id", &id), ("customer_email", &email), ("subscription_id", &subscription)];
    let (params, options) = convert_arguments(&named, options)?;
    Ok((or_raise(id.py(), RetentionSessionRequest::from_fields(params))?, options))
}

/// Creates a subscription session request from `customer_id` and `customer_email`.
pub(crate) fn subscription_request(
    (id, email): (Bound<'_, PyAny>, Bound<'_, PyAny>),
    options: &RawCallOptions<'_, '_>,
) -> PyResult<(SubscriptionSessionRequest, CallOptions)> {
    let named = [("customer_id", &id), ("customer_email", &email)];
    let (params, options) = convert_arguments(&named, options)?;
    Ok((or_raise(id.py(), SubscriptionSessionRequest::from_fields(params))?, options))
}

/// Converts the arguments of a call to request parameters and call options.
///
/// The core rejects unknown names. An unknown name that resembles a call option gets the error of an unknown option;
/// any other unknown name gets the error of an unknown parameter.
fn convert_arguments(
    named: &[(&'static str, &Bound<'_, PyAny>)],
    raw: &RawCallOptions<'_, '_>,
) -> PyResult<(RawParams, CallOptions)> {
    let py = raw.unknown.py();
    let mut options = CallOptions::new();
    for (name, value) in [("timeout", raw.timeout), ("max_retries", raw.max_retries)] {
        if let Some(value) = value {
            options = or_raise(py, options.option(name, option_value(name, value)?))?;
        }
    }
    let mut params: RawParams = Vec::with_capacity(named.len());
    for (name, value) in named {
        params.push((Cow::Borrowed(name), parameter_value(name, value)?));
    }
    for (name, value) in raw.unknown {
        let name = keyword_name(&name)?;
        if is_call_option(&name) {
            options = or_raise(py, options.option(&name, 0.0))?;
        } else {
            // The core rejects this name, unless it is a parameter of the other kind of session and its value is
            // `None`. The content of a value that is not `None` does not matter.
            let value = if value.is_none() { None } else { Some(String::new()) };
            params.push((Cow::Owned(name), value));
        }
    }
    Ok((params, options))
}

fn parameter_value(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if value.is_none() {
        return Ok(None);
    }
    match text(value) {
        Ok(text) => Ok(Some(text)),
        Err(got) => Err(to_py_err(value.py(), &wrong_parameter(name, "a str", &got))),
    }
}

/// Converts the value of an option: a `str`, a number, or a `timedelta`, which is converted to seconds.
pub(crate) fn option_value(name: &str, value: &Bound<'_, PyAny>) -> PyResult<OptionValue<'static>> {
    let Some(kind) = option_type(name) else {
        return Ok(OptionValue::from(0.0)); // the core rejects the name, so the value does not matter
    };
    let wrong = |takes, got: &str| to_py_err(value.py(), &wrong_option(name, takes, got));
    if value.is_instance_of::<PyString>() {
        return text(value).map(OptionValue::from).map_err(|got| wrong("text", &got));
    }
    let seconds = if kind == OptionType::Timeout { value.call_method0("total_seconds").ok() } else { None };
    let number = seconds.as_ref().unwrap_or(value);
    match number.extract::<f64>() {
        // In Python, `bool` is a subclass of `int`, but `timeout=True` is a mistake of the caller.
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

/// Converts a file path: a `str` or a path-like object.
pub(crate) fn path(name: &str, value: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    value
        .extract()
        .map_err(|_| to_py_err(value.py(), &wrong_option(name, "a str or a path", &type_of(value))))
}

/// Returns the name of a keyword argument. Lone surrogates are replaced, which is safe: no known name contains one.
pub(crate) fn keyword_name(keyword: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(keyword.cast::<PyString>()?.to_string_lossy().into_owned())
}

/// Returns the content of a `str`. If that fails, the error describes the value for an error message.
fn text(value: &Bound<'_, PyAny>) -> Result<String, String> {
    let text = value.cast::<PyString>().map_err(|_| type_of(value))?;
    text.to_str().map(str::to_owned).map_err(|_| "text with a lone surrogate".to_owned())
}

fn type_of(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "something else".to_owned(), |name| format!("the type {name}"))
}

/// Converts an error of the core to a Python exception.
pub(crate) fn or_raise<T>(py: Python<'_>, result: Result<T, Error>) -> PyResult<T> {
    result.map_err(|error| to_py_err(py, &error))
}
