//! Options by name, of clients and of calls.

use std::sync::Arc;

use renumerate::ffi::{self, OptionType, option_type, unknown_call_option, unknown_option, wrong_option};
use renumerate::{CallOptions, Client, ClientBuilder, OptionValue, Result};

use crate::NAMING;
use crate::fields::{Setting, SettingValue, Settings};

/// What clients share that are one client to their user, who calls it in two ways.
#[derive(Clone, Default, uniffi::Object)]
pub struct RetryBudget(ffi::RetryBudget);

#[uniffi::export]
impl RetryBudget {
    /// A full one.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self::default()
    }
}

/// A builder with these settings.
pub(crate) fn builder(
    private_key: Option<String>,
    settings: Settings,
    budget: Option<Arc<RetryBudget>>,
) -> Result<ClientBuilder> {
    let language = if settings.language == "swift" { "swift" } else { "kotlin" };
    let mut builder = Client::builder().binding(language, env!("CARGO_PKG_VERSION"), &settings.runtime);
    if let Some(key) = private_key {
        builder = builder.private_key(key);
    }
    if let Some(budget) = budget {
        builder = builder.retry_budget(Arc::unwrap_or_clone(budget).0);
    }
    for Setting { name, value } in settings.options {
        let known = NAMING.option(&name).ok_or_else(|| unknown_option(&name, &[]))?;
        if let Some(value) = option_value(known, value)? {
            builder = builder.option(known, value)?;
        }
    }
    Ok(builder)
}

/// The options of a call.
pub(crate) fn call_options(given: Vec<Setting>) -> Result<CallOptions> {
    let mut options = CallOptions::new();
    for Setting { name, value } in given {
        let known = NAMING.option(&name).ok_or_else(|| unknown_call_option(&name, &[]))?;
        if let Some(value) = option_value(known, value)? {
            options = options.option(known, value)?;
        }
    }
    Ok(options)
}

/// What a text is in which UTF-16 is broken.
pub(crate) const BROKEN: &str = "half of a character";

fn option_value(known: &str, value: SettingValue) -> Result<Option<OptionValue<'static>>> {
    let is_timeout = option_type(known) == Some(OptionType::Timeout);
    Ok(Some(match value {
        SettingValue::Text { .. } if is_timeout => {
            return Err(wrong_option(known, "a time or a number of milliseconds", "text"));
        }
        SettingValue::Text { text } => OptionValue::from(text),
        SettingValue::Number { number } if is_timeout => OptionValue::Milliseconds(number),
        SettingValue::Number { number } => OptionValue::from(number),
        SettingValue::Broken => return Err(wrong_option(known, "text", BROKEN)),
        SettingValue::Absent => return Ok(None),
    }))
}
