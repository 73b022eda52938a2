//! `renumerate token check`: reports which part of a handshake token is invalid.

use std::time::SystemTime;

use renumerate_sandbox::token::{HandshakeToken, TokenError};

use crate::args::TokenCheck;
use crate::client_options::read_key_file;
use crate::error::CliError;
use crate::output::{DIM, ERROR, SUCCESS, print_check};

/// Exit code for a token that the service would reject: the response would have status 401.
const REJECTED: u8 = 3;

/// Checks each part of a token, and prints the results.
///
/// # Errors
///
/// [`CliError::Diagnosed`] with the first check that failed, or [`CliError::Usage`] if a key cannot be used.
pub(crate) fn check(options: TokenCheck) -> Result<(), CliError> {
    let TokenCheck { token, public_key, private_key_file } = options;
    if public_key.as_ref().is_some_and(|key| key.starts_with("sk_")) {
        let reason = "--public-key is a private key; set the public key (pk_…)";
        return Err(CliError::Usage(reason.to_owned()));
    }
    let private_key = read_key_file(private_key_file.as_deref())?.or_else(private_key_variable);
    let mut report = Report::default();
    let token = HandshakeToken::parse(&token);
    report.add("format", "the payload is complete", token.as_ref().map(drop).map_err(Clone::clone))?;
    let Ok(token) = token else { return report.finish() };
    match public_key {
        Some(key) => report.add("brand", "the token contains the public key", token.check_brand(&key))?,
        None => skip("brand", "--public-key is not set")?,
    }
    match private_key {
        Some(key) => {
            let signed = token.check_signature(&[key.trim().to_owned()]).map(drop);
            report.add("signature", "the private key has signed the token", signed)?;
        }
        None => skip("signature", "--private-key-file is not set")?,
    }
    report.add("age", "the timestamp is recent", token.check_age(SystemTime::now()))?;
    report.finish()
}

/// Returns the value of `RENUMERATE_PRIVATE_KEY`. An empty variable counts as absent.
#[expect(
    clippy::disallowed_methods,
    reason = "clap reads variables only for options, and no option has a key"
)]
fn private_key_variable() -> Option<String> {
    std::env::var("RENUMERATE_PRIVATE_KEY").ok().filter(|key| !key.is_empty())
}

fn skip(name: &str, reason: &str) -> Result<(), CliError> {
    Ok(print_check(DIM, "skipped", name, reason, None)?)
}

/// Report of the checks, which is printed line by line.
#[derive(Default)]
struct Report {
    /// First check that failed.
    failed: Option<&'static str>,
}

impl Report {
    fn add(
        &mut self,
        name: &'static str,
        valid: &str,
        result: Result<(), TokenError>,
    ) -> Result<(), CliError> {
        match result {
            Ok(()) => print_check(SUCCESS, "ok", name, valid, None)?,
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
