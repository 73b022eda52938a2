//! Creates a client builder from the command's options.

use std::path::Path;

use renumerate::ClientBuilder;

use crate::args::Client;
use crate::error::CliError;

/// Returns a client builder with these options, including the private key from `--private-key-file`.
pub(crate) fn client_builder(options: &Client) -> Result<ClientBuilder, CliError> {
    let builder = builder_without_key(options)?;
    Ok(match read_key_file(options.private_key_file.as_deref())? {
        Some(key) => builder.private_key(key),
        None => builder,
    })
}

/// Returns a client builder with these options, except `--private-key-file`.
pub(crate) fn builder_without_key(options: &Client) -> Result<ClientBuilder, CliError> {
    let mut builder =
        renumerate::Client::builder().app_info(concat!("renumerate-cli/", env!("CARGO_PKG_VERSION")));
    for (name, text) in
        [("base_url", &options.base_url), ("ca_bundle", &options.ca_bundle), ("proxy", &options.proxy)]
    {
        if let Some(text) = text {
            builder = builder.option(name, text.as_str())?;
        }
    }
    for (name, seconds) in [
        ("timeout", options.timeout),
        ("attempt_timeout", options.attempt_timeout),
        ("connect_timeout", options.connect_timeout),
    ] {
        if let Some(seconds) = seconds {
            builder = builder.option(name, seconds)?;
        }
    }
    if let Some(retries) = options.max_retries {
        builder = builder.max_retries(retries);
    }
    if let Some(connections) = options.max_connections {
        builder = builder.max_connections(connections);
    }
    Ok(builder)
}

/// Reads the private key from the file of `--private-key-file`, if that option is set.
pub(crate) fn read_key_file(file: Option<&Path>) -> Result<Option<String>, CliError> {
    let Some(file) = file else { return Ok(None) };
    let key = std::fs::read_to_string(file);
    key.map(Some).map_err(|error| {
        CliError::Usage(format!(
            "cannot read --private-key-file {}: {error}; set a file that contains only the brand's private key",
            file.display()
        ))
    })
}
