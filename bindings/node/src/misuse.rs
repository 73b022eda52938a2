//! Errors for what TypeScript rules out and JavaScript does not, as JSON of their fields.

#![expect(clippy::needless_pass_by_value, reason = "napi hands over texts in no other way")]

use napi_derive::napi;
use renumerate::ffi::{
    ErrorFields, unknown_call_option, unknown_option, unknown_parameter, wrong_option, wrong_parameter,
};
use renumerate::{Error, Retention, Subscription};

use crate::{NAMING, fields_json};

/// The options of a client that are this language's own.
pub(crate) const OWN_OPTIONS: [&str; 1] = ["logger"];

/// Those of a call.
const OWN_CALL_OPTIONS: [&str; 1] = ["signal"];

/// A parameter that a session of this kind does not have.
#[napi(catch_unwind)]
pub(crate) fn refuse_parameter(subscription: bool, name: String) -> String {
    let refuse =
        if subscription { unknown_parameter::<Subscription> } else { unknown_parameter::<Retention> };
    about(&refuse(&name), name)
}

/// An option that a client does not have.
#[napi(catch_unwind)]
pub(crate) fn refuse_option(name: String) -> String {
    about(&unknown_option(&name, &OWN_OPTIONS), name)
}

/// An option that a call does not have.
#[napi(catch_unwind)]
pub(crate) fn refuse_call_option(name: String) -> String {
    about(&unknown_call_option(&name, &OWN_CALL_OPTIONS), name)
}

/// A parameter whose value is of no type that can be used: what it takes, and what it got, with their articles.
#[napi(catch_unwind)]
pub(crate) fn refuse_parameter_type(name: String, takes: String, got: String) -> String {
    about(&wrong_parameter(&name, &takes, &got), name)
}

/// The same for an option.
#[napi(catch_unwind)]
pub(crate) fn refuse_option_type(name: String, takes: String, got: String) -> String {
    about(&wrong_option(&name, &takes, &got), name)
}

/// The error, with the name as the caller wrote it: it may be one of ours in another form.
fn about(error: &Error, name: String) -> String {
    let fields = ErrorFields::of(error, NAMING);
    let field =
        if NAMING.known(&name).is_none() && error.field() == Some(&name) { Some(name) } else { fields.field };
    fields_json(&ErrorFields { field, ..fields })
}
