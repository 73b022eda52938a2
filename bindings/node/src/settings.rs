//! Client options, as collected by the TypeScript code.

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use renumerate::ffi::{self, OptionType, option_type, unknown_call_option, unknown_option};
use renumerate::{CallOptions, Client, ClientBuilder, OptionValue, Result};

use crate::NAME_STYLE;
use crate::argument_errors::{OWN_CALL_OPTIONS, OWN_OPTIONS};

/// Configuration of a client.
#[napi(object, object_to_js = false)]
pub(crate) struct Settings {
    /// Names of the options that the caller set, in the caller's spelling.
    pub names: Vec<String>,
    /// Values of these options, in the same order. Times are in milliseconds.
    pub values: Vec<Either<String, f64>>,
    /// Names of the variables in `process.env` that the core reads.
    pub variables: Vec<String>,
    /// Values of these variables, in the same order.
    pub variable_values: Vec<String>,
    /// Path in the environment variable `NODE_EXTRA_CA_CERTS`.
    pub extra_ca_certs: Option<String>,
    /// Runtime and version for the user agent, such as `Node.js 20.20.0`.
    pub runtime: String,
}

/// Returns the names of the environment variables that the core reads.
#[napi(catch_unwind)]
pub(crate) fn environment_variables() -> Vec<&'static str> {
    ffi::environment_variables().to_vec()
}

/// Returns a builder with these settings.
///
/// A missing key does not cause an error until the first call. The reason: applications also construct clients in build
/// and test processes, which have no key.
pub(crate) fn builder(settings: Settings) -> Result<ClientBuilder> {
    let Settings { names, values, variables, variable_values, extra_ca_certs, runtime } = settings;
    let mut builder = Client::builder()
        .allow_missing_key()
        .env_override(variables.into_iter().zip(variable_values))
        .binding("node", env!("CARGO_PKG_VERSION"), &runtime);
    if let Some(file) = extra_ca_certs {
        builder = builder.host_ca_file(file);
    }
    for (name, value) in names.iter().zip(values) {
        let known = NAME_STYLE.option(name).ok_or_else(|| unknown_option(name, &OWN_OPTIONS))?;
        builder = builder.option(known, option_value(known, value))?;
    }
    Ok(builder)
}

/// Converts call options. In `options`, names and values alternate.
pub(crate) fn call_options(options: Vec<Either<String, f64>>) -> Result<CallOptions> {
    let mut call_options = CallOptions::new();
    let mut items = options.into_iter();
    while let (Some(Either::A(name)), Some(value)) = (items.next(), items.next()) {
        let known = NAME_STYLE.option(&name).ok_or_else(|| unknown_call_option(&name, &OWN_CALL_OPTIONS))?;
        call_options = call_options.option(known, option_value(known, value))?;
    }
    Ok(call_options)
}

fn option_value(known: &str, value: Either<String, f64>) -> OptionValue<'static> {
    match value {
        Either::A(text) => OptionValue::from(text),
        Either::B(number) if option_type(known) == Some(OptionType::Timeout) => {
            OptionValue::Milliseconds(number)
        }
        Either::B(number) => OptionValue::from(number),
    }
}
