//! A call's request and options, checked by the core.

use renumerate::ffi::{unknown_parameter, wrong_parameter};
use renumerate::{
    CallOptions, Error, OptionValue, Result, Retention, RetentionSessionRequest, Subscription,
    SubscriptionSessionRequest,
};

use crate::NAMING;
use crate::fields::{Request, Setting, SettingValue};
use crate::settings::{BROKEN, call_options};

/// A request of either kind.
pub(crate) enum Checked {
    Retention(RetentionSessionRequest),
    Subscription(SubscriptionSessionRequest),
}

/// What is to be sent, and how.
pub(crate) fn check(request: Request) -> Result<(Checked, CallOptions)> {
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
    let named: Result<Vec<_>> = parameters.into_iter().map(|given| named(subscription, given)).collect();
    let fields = typed.into_iter().chain(named?);
    let checked = if subscription {
        Checked::Subscription(SubscriptionSessionRequest::from_fields(fields)?)
    } else {
        Checked::Retention(RetentionSessionRequest::from_fields(fields)?)
    };
    Ok((checked, options))
}

/// A parameter that is given by its name.
fn named(subscription: bool, given: Setting) -> Result<(&'static str, Option<String>)> {
    let Setting { name, value } = given;
    let known = NAMING.parameter(&name).ok_or_else(|| unknown(subscription, &name))?;
    match value {
        SettingValue::Text { text } => Ok((known, Some(text))),
        SettingValue::Number { .. } => Err(wrong_parameter(known, "text", "a number")),
        SettingValue::Broken => Err(wrong_parameter(known, "text", BROKEN)),
        SettingValue::Absent => Ok((known, None)),
    }
}

fn unknown(subscription: bool, name: &str) -> Error {
    if subscription { unknown_parameter::<Subscription>(name) } else { unknown_parameter::<Retention>(name) }
}
