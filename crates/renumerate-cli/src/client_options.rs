//! Creates a client builder from the command's options.

use renumerate::ClientBuilder;

use crate::args::Client;
use crate::error::CliError;

/// Returns a builder with these options and the private key.
pub(crate) fn client_builder(given: &Client) -> Result<ClientBuilder, CliError> {
    let builder = builder_without_key(given)?;
    Ok(match read_key_file(given)? {
        Some(key) => builder.private_key(key),
        None => builder,
    })
}

/// Returns a builder with these options, without the private key.
pub(crate) fn builder_without_key(given: &Client) -> Result<ClientBuilder, CliError> {
    let mut builder =
        renumerate::Client::builder().app_info(concat!("renumerate-cli/", env!("CARGO_PKG_VERSION")));
    for (name, text) in
        [("base_url", &given.base_url), ("ca_bundle", &given.ca_bundle), ("proxy", &given.proxy)]
    {
        if let Some(text) = text {
            builder = builder.option(name, text.as_str())?;
        }
    }
    if let Some(seconds) = given.timeout {
        builder = builder.option("timeout", seconds)?;
    }
    if let Some(retries) = given.max_retries {
        builder = builder.max_retries(retries);
    }
    Ok(builder)
}

/// Reads the file with the private key, if there is one.
pub(crate) fn read_key_file(given: &Client) -> Result<Option<String>, CliError> {
    let Some(file) = &given.private_key_file else { return Ok(None) };
    let read = std::fs::read_to_string(file);
    read.map(Some).map_err(|error| {
        CliError::Usage(format!("cannot read --private-key-file {}: {error}", file.display()))
    })
}
