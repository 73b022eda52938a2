//! Conversion of client options and call options to core types. The host language passes options as names and values.

use std::sync::Arc;

use renumerate::ffi::{
    self, OptionType, option_type, option_type_error, unknown_call_option, unknown_option,
};
use renumerate::{CallOptions, Client, ClientBuilder, OptionValue, Result};

use crate::NAME_STYLE;
use crate::records::{Setting, SettingValue, Settings};

/// Limits that several clients share: of retries, and of simultaneous calls. A public client that consists of two native
/// clients gives both the same limits.
#[derive(Clone, Default, uniffi::Object)]
pub struct SharedLimits(ffi::SharedLimits);

#[uniffi::export]
impl SharedLimits {
    /// Creates limits that no client has used.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Returns a builder with these settings.
pub(crate) fn builder(
    private_key: Option<String>,
    settings: Settings,
    limits: Option<Arc<SharedLimits>>,
) -> Result<ClientBuilder> {
    let language = if settings.language == "swift" { "swift" } else { "kotlin" };
    let mut builder = Client::builder().binding(language, env!("CARGO_PKG_VERSION"), &settings.runtime);
    if let Some(key) = private_key {
        builder = builder.private_key(key);
    }
    if let Some(limits) = limits {
        builder = builder.shared_limits(Arc::unwrap_or_clone(limits).0);
    }
    for Setting { name, value } in settings.options {
        let known = NAME_STYLE.option(&name).ok_or_else(|| unknown_option(&name, &[]))?;
        builder = builder.option(known, option_value(known, &name, value)?)?;
    }
    Ok(builder)
}

/// Converts call options that the caller set by name.
pub(crate) fn call_options(settings: Vec<Setting>) -> Result<CallOptions> {
    let mut options = CallOptions::new();
    for Setting { name, value } in settings {
        let known = NAME_STYLE.option(&name).ok_or_else(|| unknown_call_option(&name, &[]))?;
        options = options.option(known, option_value(known, &name, value)?)?;
    }
    Ok(options)
}

/// Converts the value of an option. `known` is the option's name in the core, `name` its name as the caller wrote it.
fn option_value(known: &str, name: &str, value: SettingValue) -> Result<OptionValue<'static>> {
    let value_type = option_type(known);
    let is_timeout = value_type == Some(OptionType::Timeout);
    let type_error = |got: &str| {
        let takes = match value_type {
            Some(OptionType::Timeout) => "a duration or a number of milliseconds",
            Some(OptionType::WholeNumber) => "a whole number",
            Some(OptionType::Text) | None => "a string",
        };
        option_type_error(name, takes, got)
    };
    Ok(match value {
        SettingValue::Text { .. } if is_timeout => return Err(type_error("a string")),
        SettingValue::Text { text } => OptionValue::from(text),
        SettingValue::Number { number } if is_timeout => OptionValue::Milliseconds(number),
        SettingValue::Number { number } => OptionValue::from(number),
        SettingValue::Unsupported { description } => return Err(type_error(&description)),
        SettingValue::Absent => OptionValue::Absent,
    })
}
