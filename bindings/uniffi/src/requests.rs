//! Validation of requests and their options, and their conversion to core types.

use renumerate::Result;
use renumerate::ffi::{
    AnyRequest, BackgroundCalls, CheckedRequest, TokenRequest, create_handshake_token, parameter_type_error,
    unknown_parameter,
};

use crate::NAME_STYLE;
use crate::log_buffer::LogBuffer;
use crate::records::{Request, Setting, SettingValue, TokenOutcome};
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
    collect_logs: bool,
) -> TokenOutcome {
    let log_buffer = collect_logs.then(LogBuffer::default);
    let logs = log_buffer.as_ref().map(LogBuffer::listener);
    let request = parameter_value("customerId", customer_id)
        .and_then(|customer_id| TokenRequest::from_fields([("customer_id", customer_id)]));
    create_handshake_token(client, request, logs.as_ref()).map_or_else(
        |error| TokenOutcome::Rejected { failure: error.into(), logs: LogBuffer::take(log_buffer.as_ref()) },
        TokenOutcome::from,
    )
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
