//! Lookup of settings in explicit options and environment variables. An explicit option takes precedence. Only this
//! module reads the `RENUMERATE_*` variables.

use zeroize::Zeroizing;

use crate::error::{Error, Message, Name, Result};

pub(crate) const KEY_VARIABLE: &str = "RENUMERATE_PRIVATE_KEY";
pub(crate) const PUBLIC_KEY_VARIABLE: &str = "RENUMERATE_PUBLIC_KEY";

/// Environment variables that a client reads. A runtime that has an environment of its own passes these to the core.
pub(crate) const VARIABLES: [&str; 13] = [
    KEY_VARIABLE,
    PUBLIC_KEY_VARIABLE,
    "RENUMERATE_BASE_URL",
    "RENUMERATE_CA_BUNDLE",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "REQUEST_METHOD",
];

/// The source of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingSource {
    /// Set explicitly by the caller.
    Explicit,
    /// Read from the environment variable of this name.
    Variable(&'static str),
    /// Not set: the default applies.
    Default,
}

/// Returns the explicit key, or else the value of the variable `RENUMERATE_PRIVATE_KEY`. Also returns the source of the
/// key.
///
/// # Errors
///
/// A configuration error if there is no key, or if the variable is not UTF-8 text.
pub(crate) fn resolve_key(
    explicit: Option<Zeroizing<String>>,
    environment: &dyn Fn(&'static str) -> Result<Option<String>>,
) -> Result<(Zeroizing<String>, SettingSource)> {
    if let Some(key) = explicit {
        return Ok((key, SettingSource::Explicit));
    }
    match environment(KEY_VARIABLE)? {
        Some(key) if !key.is_empty() => Ok((Zeroizing::new(key), SettingSource::Variable(KEY_VARIABLE))),
        _ => Err(missing("private_key", KEY_VARIABLE)),
    }
}

/// Returns the explicit value, or else the value of the environment variable. Also returns the source of the value. An
/// empty variable counts as absent, because deployments often define variables without a value.
///
/// # Errors
///
/// A configuration error if the variable is not UTF-8 text.
pub(crate) fn resolve<T: From<String>>(
    explicit: Option<T>,
    variable: &'static str,
    environment: &dyn Fn(&'static str) -> Result<Option<String>>,
) -> Result<(Option<T>, SettingSource)> {
    if explicit.is_some() {
        return Ok((explicit, SettingSource::Explicit));
    }
    let value = environment(variable)?.filter(|value| !value.is_empty());
    let source = if value.is_some() { SettingSource::Variable(variable) } else { SettingSource::Default };
    Ok((value.map(T::from), source))
}

/// Reads an environment variable of the process.
///
/// # Errors
///
/// A configuration error if its value is not UTF-8 text.
#[expect(clippy::disallowed_methods, reason = "only this function reads environment variables")]
pub(crate) fn variable(name: &'static str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Error::configuration(
            name,
            format!("{name} is not UTF-8 text"),
            "set it to plain text, or unset it",
        )),
    }
}

/// Names the variable instead of the option in an error, if the variable has set the option.
pub(crate) fn named_by(error: Error, source: SettingSource) -> Error {
    match source {
        SettingSource::Variable(variable) => error.with_settings(|_| Some(variable.into())),
        SettingSource::Explicit | SettingSource::Default => error,
    }
}

/// Creates the error for a missing key.
pub(super) fn missing(option: &'static str, variable: &'static str) -> Error {
    let problem = format!("{variable} is empty or not set");
    let remedy = format!("set it to the brand's {}, or pass ", option.replace('_', " "));
    Error::configuration(Name(option), problem, Message::from(remedy) + Name(option))
}
