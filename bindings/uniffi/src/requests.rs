//! Validation of requests and their options, and their conversion to core types.

use renumerate::Result;
use renumerate::ffi::{
    AnyRequest, BackgroundCalls, CheckedRequest, TokenRequest, create_handshake_token, parameter_type_error,
    unknown_parameter,
};

use crate::NAME_STYLE;
use crate::records::{Failure, Request, Setting, SettingValue, TokenFields};
use crate::settings::call_options;

/// Validates a request and returns it with its call options.
pub(crate) fn validate(request: Request) -> CheckedRequest {
    let Request { kind, parameters, options, .. } = request;
    let kind = kind.into();
    let options = call_options(options)?;
    let mut fields = Vec::with_capacity(parameters.len());
    for Setting { name, value } in parameters {
        let known = NAME_STYLE.parameter(&name).ok_or_else(|| unknown_parameter(kind, &name))?;
        fields.push((known, parameter_value(&name, value)?));
    }
    Ok((AnyRequest::from_fields(kind, fields)?, options))
}

/// Creates a handshake token for a customer.
pub(crate) fn create_token(
    client: Result<impl BackgroundCalls>,
    customer_id: SettingValue,
) -> std::result::Result<TokenFields, Failure> {
    let request = parameter_value("customerId", customer_id)
        .and_then(|customer_id| TokenRequest::from_fields([("customer_id", customer_id)]));
    Ok(create_handshake_token(client, request)?.into())
}

fn parameter_value(name: &str, value: SettingValue) -> Result<Option<String>> {
    match value {
        SettingValue::Text { text } => Ok(Some(text)),
        SettingValue::Number { .. } => Err(parameter_type_error(name, "a string", "a number")),
        SettingValue::Unsupported { description } => {
            Err(parameter_type_error(name, "a string", &description))
        }
        SettingValue::Absent => Ok(None),
    }
}
