//! The settings of a client, from the options that the face has sorted.

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use renumerate::ffi::{OptionType, option_type, unknown_option};
use renumerate::{Client, ClientBuilder, OptionValue, Result};

use crate::NAMING;
use crate::misuse::OWN_OPTIONS;

/// What a client is made of.
#[napi(object, object_to_js = false)]
pub(crate) struct Settings {
    /// The names of the options that were given, as the caller wrote them.
    pub names: Vec<String>,
    /// Their values; times are in milliseconds.
    pub values: Vec<Either<String, f64>>,
    /// The names of the variables that the environment shows, as `process.env` does.
    pub variables: Vec<String>,
    /// Their values.
    pub variable_values: Vec<String>,
    /// The file that `NODE_EXTRA_CA_CERTS` names.
    pub extra_ca_certs: Option<String>,
    /// What runs the code, `Node.js 20.20.0`.
    pub runtime: String,
}

/// A builder with these settings. A key that is missing is waited for: applications make their clients where they are
/// built and tested too.
pub(crate) fn builder(settings: Settings) -> Result<ClientBuilder> {
    let Settings { names, values, variables, variable_values, extra_ca_certs, runtime } = settings;
    let mut builder = Client::builder()
        .allow_missing_key()
        .variables(variables.into_iter().zip(variable_values))
        .binding("node", env!("CARGO_PKG_VERSION"), &runtime);
    if let Some(file) = extra_ca_certs {
        builder = builder.runtimes_ca_file(file);
    }
    for (name, value) in names.iter().zip(values) {
        let Some(known) = NAMING.known(name) else {
            return Err(unknown_option(name, &OWN_OPTIONS));
        };
        let value = match value {
            Either::A(text) => OptionValue::from(text),
            Either::B(number) if option_type(known) == Some(OptionType::Timeout) => {
                OptionValue::Milliseconds(number)
            }
            Either::B(number) => OptionValue::from(number),
        };
        builder = builder.option(known, value)?;
    }
    Ok(builder)
}
