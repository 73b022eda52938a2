//! Creates a client builder from the command's options.

use std::env::{self, VarError};
use std::path::Path;

use renumerate::ClientBuilder;

use crate::args::Client;
use crate::error::CliError;

/// Returns a client builder with these options, including the private key.
pub(crate) fn client_builder(options: &Client) -> Result<ClientBuilder, CliError> {
    add_private_key(builder_without_key(options)?, options.private_key_file.as_deref())
}

/// Adds the private key of `--private-key-file` to the builder, if that option is set.
///
/// # Errors
///
/// [`CliError::Usage`] if the file cannot be read, or if there is no key.
pub(crate) fn add_private_key(
    builder: ClientBuilder,
    file: Option<&Path>,
) -> Result<ClientBuilder, CliError> {
    if let Some(key) = read_key_file(file)? {
        return Ok(builder.private_key(key));
    }
    PRIVATE_KEY.require().map(|()| builder)
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

/// A variable that contains a key, and the option that replaces it.
pub(crate) struct KeyVariable {
    name: &'static str,
    kind: &'static str,
    option: &'static str,
}

pub(crate) const PRIVATE_KEY: KeyVariable =
    KeyVariable { name: "RENUMERATE_PRIVATE_KEY", kind: "private key", option: "--private-key-file FILE" };

pub(crate) const PUBLIC_KEY: KeyVariable =
    KeyVariable { name: "RENUMERATE_PUBLIC_KEY", kind: "public key", option: "--public-key KEY" };

impl KeyVariable {
    /// Returns the value of the variable, or the reason why it cannot be used: it is not set, is empty, or is not text.
    #[expect(
        clippy::disallowed_methods,
        reason = "clap cannot read the private key's variable, because no option has that key"
    )]
    pub(crate) fn read(&self) -> Result<String, String> {
        match env::var(self.name) {
            Ok(value) if value.is_empty() => Err(format!("{} is empty", self.name)),
            Ok(value) => Ok(value),
            Err(VarError::NotPresent) => Err(format!("{} is not set", self.name)),
            Err(VarError::NotUnicode(_)) => Err(format!("{} is not UTF-8 text", self.name)),
        }
    }

    /// Checks that the variable has a value. Errors of the library name the option first, which is not the usual source
    /// of a key of the command.
    ///
    /// # Errors
    ///
    /// [`CliError::Usage`] if the value cannot be used.
    pub(crate) fn require(&self) -> Result<(), CliError> {
        self.read().map(drop).map_err(|problem| {
            let Self { kind, option, .. } = self;
            CliError::Usage(format!("{problem}; set it to the brand's {kind}, or pass {option}"))
        })
    }
}
