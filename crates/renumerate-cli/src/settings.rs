//! The settings of a client as the command is given them.

use renumerate::ClientBuilder;

use crate::args::Client;
use crate::failure::Failure;

/// A client with these settings.
pub(crate) fn builder(given: &Client) -> Result<ClientBuilder, Failure> {
    let builder = options(given)?;
    Ok(match key_of_the_file(given)? {
        Some(key) => builder.private_key(key),
        None => builder,
    })
}

/// All of them but the key.
pub(crate) fn options(given: &Client) -> Result<ClientBuilder, Failure> {
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

/// The key, where a file holds it.
pub(crate) fn key_of_the_file(given: &Client) -> Result<Option<String>, Failure> {
    let Some(file) = &given.private_key_file else { return Ok(None) };
    let read = std::fs::read_to_string(file);
    read.map(Some).map_err(|error| Failure::Other(format!("{} can't be read: {error}", file.display())))
}
