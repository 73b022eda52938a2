//! Conversion of Python arguments to core types. This module checks types; the core checks values.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use renumerate::ffi::{
    AnyRequest, CheckedRequest, NameStyle, OptionType, TokenRequest, is_call_option, option_type,
    option_type_error, parameter_type_error,
};
use renumerate::{CallOptions, Error, OptionValue};

use crate::EndpointKind;
use crate::errors::to_py_err;

/// Creates a request and its options from the keyword arguments of a call.
///
/// Options are checked before parameters, so an invalid option is reported first. The core rejects unknown names. If an
/// unknown name resembles an option, the error is about an unknown option. Otherwise, the error is about an unknown
/// parameter.
pub(crate) fn request(kind: EndpointKind, arguments: &Bound<'_, PyDict>) -> CheckedRequest {
    let mut options = CallOptions::new();
    let mut fields = Vec::with_capacity(arguments.len());
    for (name, value) in named_values(arguments) {
        // Parameters are recognized first, because the comparison with similar option names is slow.
        if !is_parameter(&name) && is_call_option(&name) {
            options = options.option(&name, option_value(&name, &value)?)?;
        } else {
            fields.push((name, value));
        }
    }
    Ok((AnyRequest::from_fields(kind.into(), parameters(fields)?)?, options))
}

/// Creates the request for a handshake token from the keyword arguments of a call.
pub(crate) fn token_request(arguments: &Bound<'_, PyDict>) -> Result<TokenRequest, Error> {
    TokenRequest::from_fields(parameters(named_values(arguments))?)
}

/// Returns a copy of the keyword arguments, because the conversion of a value can run Python code. If a greenlet is
/// killed meanwhile, its call clears the dictionary.
fn named_values<'py>(arguments: &Bound<'py, PyDict>) -> Vec<(String, Bound<'py, PyAny>)> {
    arguments.iter().map(|(keyword, value)| (keyword_name(&keyword), value)).collect()
}

fn is_parameter(name: &str) -> bool {
    NameStyle::SnakeCase.parameter(name).is_some()
}

fn parameters(fields: Vec<(String, Bound<'_, PyAny>)>) -> Result<Vec<(String, Option<String>)>, Error> {
    let convert = |(name, value): (String, Bound<'_, PyAny>)| {
        let value = parameter_value(&name, &value)?;
        Ok((name, value))
    };
    fields.into_iter().map(convert).collect()
}

fn parameter_value(name: &str, value: &Bound<'_, PyAny>) -> Result<Option<String>, Error> {
    if value.is_none() {
        return Ok(None);
    }
    if !is_parameter(name) {
        return Ok(Some(String::new())); // the core rejects an unknown name, so the value does not matter
    }
    text(value).map(Some).map_err(|got| parameter_type_error(name, "a str", &got))
}

/// Converts the value of an option: a `str`, a number, or a `timedelta`, which is converted to seconds.
pub(crate) fn option_value(name: &str, value: &Bound<'_, PyAny>) -> Result<OptionValue<'static>, Error> {
    let Some(kind) = option_type(name) else {
        return Ok(OptionValue::from(0.0)); // the core rejects the name, so the value does not matter
    };
    if value.is_none() {
        return Ok(OptionValue::Absent);
    }
    if value.is_instance_of::<PyString>() {
        return text(value).map(OptionValue::from).map_err(|got| option_type_error(name, "a str", &got));
    }
    let seconds = if kind == OptionType::Timeout { value.call_method0("total_seconds").ok() } else { None };
    let number = seconds.as_ref().unwrap_or(value);
    match number.extract::<f64>() {
        // In Python, `bool` is a subclass of `int`, so `extract` accepts it. Reject it, because `timeout=True` is a
        // mistake of the caller.
        Ok(number) if !value.is_instance_of::<PyBool>() => Ok(OptionValue::from(number)),
        _ => Err(option_type_error(
            name,
            match kind {
                OptionType::Timeout => "a number of seconds or a timedelta",
                OptionType::WholeNumber => "a whole number",
                OptionType::Text => "a str",
            },
            &type_of(value),
        )),
    }
}

/// Converts a file path: a `str` or a path-like object.
pub(crate) fn path(name: &str, value: &Bound<'_, PyAny>) -> Result<PathBuf, Error> {
    value.extract().map_err(|_| option_type_error(name, "a str or a path", &type_of(value)))
}

/// Returns the name of a keyword argument. Lone surrogates (code points that UTF-8 cannot encode) are replaced with
/// U+FFFD. No known name contains U+FFFD, so the core rejects the result as an unknown name.
pub(crate) fn keyword_name(keyword: &Bound<'_, PyAny>) -> String {
    // Python itself rejects a keyword that is not a `str`.
    keyword.cast::<PyString>().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Returns the content of a `str`. For any other value, and for text that UTF-8 cannot encode, returns a description of
/// the value for an error message.
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
