//! Where settings come from: what was given, else what a variable holds. The only reader of the `RENUMERATE_*` variables.

use zeroize::Zeroizing;

use crate::error::{Error, Result};

pub(crate) const KEY_VARIABLE: &str = "RENUMERATE_PRIVATE_KEY";

/// Where a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingSource {
    /// The builder was given it.
    Given,
    /// The variable of this name holds it.
    Variable(&'static str),
    /// Neither.
    Default,
}

/// The key as it was found, and where.
pub(crate) fn resolve_key(
    given: Option<Zeroizing<String>>,
    environment: &dyn Fn(&'static str) -> Result<Option<String>>,
) -> Result<(Zeroizing<String>, SettingSource)> {
    if let Some(key) = given {
        return Ok((key, SettingSource::Given));
    }
    match environment(KEY_VARIABLE)? {
        Some(key) if !key.is_empty() => Ok((Zeroizing::new(key), SettingSource::Variable(KEY_VARIABLE))),
        given => Err(no_key(given.is_some())),
    }
}

/// What was given, else what the variable holds: an empty one is how a deployment says that it has none.
pub(crate) fn resolve<T: From<String>>(
    given: Option<T>,
    variable: &'static str,
    environment: &dyn Fn(&'static str) -> Result<Option<String>>,
) -> Result<(Option<T>, SettingSource)> {
    if given.is_some() {
        return Ok((given, SettingSource::Given));
    }
    let value = environment(variable)?.filter(|value| !value.is_empty());
    let origin = if value.is_some() { SettingSource::Variable(variable) } else { SettingSource::Default };
    Ok((value.map(T::from), origin))
}

#[expect(clippy::disallowed_methods, reason = "this is the one reader of the variables")]
pub(crate) fn variable(name: &'static str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Error::configuration(name, format!("the variable {name} isn't UTF-8 text")))
        }
    }
}

fn no_key(is_empty: bool) -> Error {
    let reason = if is_empty {
        "no private key is given, and RENUMERATE_PRIVATE_KEY is empty: set it, or give private_key"
    } else {
        "no private key is given: set RENUMERATE_PRIVATE_KEY, or give private_key"
    };
    Error::configuration("private_key", reason)
}
