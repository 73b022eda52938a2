//! `renumerate token`: creates a handshake token, or reports which part of one is invalid.

use std::time::{SystemTime, UNIX_EPOCH};

use renumerate::Client;
use renumerate_sandbox::token::{Check, HandshakeToken};
use serde_json::json;

use crate::args::{Token, TokenCheck, TokenCommand};
use crate::client_options::read_key_file;
use crate::error::CliError;
use crate::output::{DIM, ERROR, SUCCESS, print_check, print_line};

/// Exit code for a token that the service would reject: the response would have status 401.
const REJECTED: u8 = 3;

pub(crate) fn run(options: Token) -> Result<(), CliError> {
    let Token { command, customer_id, public_key, private_key_file, json } = options;
    if let Some(TokenCommand::Check(options)) = command {
        return check(options);
    }
    let mut builder = Client::builder();
    if let Some(key) = read_key_file(private_key_file.as_deref())? {
        builder = builder.private_key(key);
    }
    if let Some(key) = public_key {
        builder = builder.public_key(key);
    }
    let token = builder.build()?.create_handshake_token(&customer_id.unwrap_or_default())?;
    if !json {
        return Ok(print_line(token.token())?);
    }
    let expires_at = token.expires_at().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(print_line(json!({"token": token.token(), "expires_at": expires_at}))?)
}

/// Checks each part of a token, and prints the results.
///
/// # Errors
///
/// [`CliError::Diagnosed`] with the first check that failed, or [`CliError::Usage`] if a key cannot be used.
fn check(options: TokenCheck) -> Result<(), CliError> {
    let TokenCheck { token, public_key, private_key_file } = options;
    let setting = if public_key.is_some() { "--public-key" } else { PUBLIC_KEY_VARIABLE };
    let public_key = public_key.or_else(|| variable(PUBLIC_KEY_VARIABLE));
    if public_key.as_ref().is_some_and(|key| key.starts_with("sk_")) {
        return Err(CliError::Usage(format!("{setting} is a private key; set the public key (pk_…)")));
    }
    let private_key = read_key_file(private_key_file.as_deref())?.or_else(|| variable(PRIVATE_KEY_VARIABLE));
    let mut report = Report::default();
    let token = HandshakeToken::parse(&token);
    report.add(Check::format(&token))?;
    let Ok(token) = token else { return report.finish() };
    match public_key {
        Some(key) => report.add(Check::brand(&token, &key))?,
        None => skip("brand", PUBLIC_KEY_VARIABLE)?,
    }
    match private_key {
        Some(key) => report.add(Check::signature(&token, &[key.trim().to_owned()]))?,
        None => skip("signature", PRIVATE_KEY_VARIABLE)?,
    }
    report.add(Check::age(&token, SystemTime::now()))?;
    report.finish()
}

const PRIVATE_KEY_VARIABLE: &str = "RENUMERATE_PRIVATE_KEY";
const PUBLIC_KEY_VARIABLE: &str = "RENUMERATE_PUBLIC_KEY";

/// Returns the value of an environment variable. An empty variable counts as absent.
#[expect(
    clippy::disallowed_methods,
    reason = "clap reads variables only for options, accepts empty ones, and no option has the private key"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|key| !key.is_empty())
}

/// Prints that a check was skipped because this variable has no key.
fn skip(name: &str, variable: &str) -> Result<(), CliError> {
    Ok(print_check(DIM, "skipped", name, &format!("{variable} is empty or not set"), None)?)
}

/// Report of the checks, which is printed line by line.
#[derive(Default)]
struct Report {
    /// First check that failed.
    failed: Option<&'static str>,
}

impl Report {
    fn add(&mut self, Check { name, result }: Check) -> Result<(), CliError> {
        match result {
            Ok(valid) => print_check(SUCCESS, "ok", name, valid, None)?,
            Err(error) => {
                self.failed.get_or_insert(name);
                print_check(ERROR, "failed", name, error.kind.message(), Some(&error.remedy))?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(), CliError> {
        self.failed.map_or(Ok(()), |check| Err(CliError::Diagnosed { check, exit_code: REJECTED }))
    }
}
