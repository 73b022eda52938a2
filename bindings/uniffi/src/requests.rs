//! Conversion of a request and its options to core types.

use renumerate::ffi::{unknown_parameter, wrong_parameter};
use renumerate::{
    CallOptions, Error, OptionValue, Result, Retention, RetentionSessionRequest, Subscription,
    SubscriptionSessionRequest,
};

use crate::NAME_STYLE;
use crate::records::{Request, Setting, SettingValue};
use crate::settings::{LONE_SURROGATE, call_options};

/// Validated request of either kind.
pub(crate) enum AnyRequest {
    Retention(RetentionSessionRequest),
    Subscription(SubscriptionSessionRequest),
}

/// Validates a request and returns it with its call options.
pub(crate) fn validate(request: Request) -> Result<(AnyRequest, CallOptions)> {
    let Request { subscription, timeout, max_retries, parameters, options, .. } = request;
    let mut options = call_options(options)?;
    if let Some(timeout) = timeout {
        options = options.option("timeout", OptionValue::Milliseconds(timeout))?;
    }
    if let Some(retries) = max_retries {
        options = options.option("max_retries", f64::from(retries))?;
    }
    let typed = [
        ("customer_id", request.customer_id),
        ("customer_email", request.customer_email),
        ("subscription_id", request.subscription_id),
    ];
    let named: Result<Vec<_>> =
        parameters.into_iter().map(|parameter| named_parameter(subscription, parameter)).collect();
    let params = typed.into_iter().chain(named?);
    let request = if subscription {
        AnyRequest::Subscription(SubscriptionSessionRequest::from_fields(params)?)
    } else {
        AnyRequest::Retention(RetentionSessionRequest::from_fields(params)?)
    };
    Ok((request, options))
}

/// Converts a parameter that the caller set by name.
fn named_parameter(subscription: bool, parameter: Setting) -> Result<(&'static str, Option<String>)> {
    let Setting { name, value } = parameter;
    let known = NAME_STYLE.parameter(&name).ok_or_else(|| unknown(subscription, &name))?;
    match value {
        SettingValue::Text { text } => Ok((known, Some(text))),
        SettingValue::Number { .. } => Err(wrong_parameter(known, "text", "a number")),
        SettingValue::Broken => Err(wrong_parameter(known, "text", LONE_SURROGATE)),
        SettingValue::Absent => Ok((known, None)),
    }
}

fn unknown(subscription: bool, name: &str) -> Error {
    if subscription { unknown_parameter::<Subscription>(name) } else { unknown_parameter::<Retention>(name) }
}
