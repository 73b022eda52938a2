//! Errors of the command, and their exit codes.

use std::fmt;
use std::io;

use renumerate::ErrorKind;
use renumerate::diagnostics::split_error;
use renumerate_sandbox::SandboxError;

pub(crate) const EXIT_CODES: &str = "\
Exit codes:
   0  success                       6  429: too many requests
   1  other failure                 7  5xx: the service failed
   2  usage, settings, parameters   8  the network failed
   3  401, 403: key rejected        9  timeout
   4  404: no such customer        10  not a response of Renumerate
   5  400 and any other 4xx        11  a bug in this command";

#[derive(Debug)]
pub(crate) enum CliError {
    Client(renumerate::Error),
    Sandbox(SandboxError),
    Output(io::Error),
    /// A check of the doctor failed. The report has already been printed.
    Diagnosed {
        check: &'static str,
        exit_code: u8,
    },
    Usage(String),
    Other(String),
}

/// Exit code for invalid arguments, settings and parameters.
const USAGE: u8 = 2;

impl CliError {
    pub(crate) fn exit_code(&self) -> u8 {
        let error = match self {
            Self::Client(error) => error,
            Self::Diagnosed { exit_code, .. } => return *exit_code,
            Self::Usage(_)
            | Self::Sandbox(
                SandboxError::Read { .. }
                | SandboxError::InvalidCaseFile { .. }
                | SandboxError::InvalidSeed { .. }
                | SandboxError::InvalidBrandColor(_)
                | SandboxError::InvalidOrigin(_)
                | SandboxError::InvalidChaosProbability(_),
            ) => return USAGE,
            Self::Sandbox(_) | Self::Output(_) | Self::Other(_) => return 1,
        };
        exit_code(error)
    }
}

/// Returns the exit code for an error of the client library.
pub(crate) fn exit_code(error: &renumerate::Error) -> u8 {
    code_of(error.kind())
}

fn code_of(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Configuration | ErrorKind::Validation => USAGE,
        ErrorKind::Authentication => 3,
        ErrorKind::NotFound => 4,
        ErrorKind::BadRequest | ErrorKind::Api => 5,
        ErrorKind::RateLimited => 6,
        ErrorKind::Server => 7,
        ErrorKind::Network => 8,
        ErrorKind::Timeout => 9,
        ErrorKind::UnexpectedResponse => 10,
        // The command never closes a client during a call, so `Closed` is a bug in the command, like `Internal`.
        ErrorKind::Closed | ErrorKind::Internal => 11,
        _ => 1,
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => split_error(error).fmt(f),
            Self::Sandbox(SandboxError::PortInUse { address }) => {
                write!(f, "port {} is in use; choose another with --port", address.port())
            }
            Self::Sandbox(error) => error.fmt(f),
            Self::Diagnosed { check, .. } => {
                write!(f, "the check {check} failed; see its remedy in the report")
            }
            Self::Output(error) => write!(f, "cannot write to stdout: {error}"),
            Self::Usage(reason) | Self::Other(reason) => f.write_str(reason),
        }
    }
}

impl From<renumerate::Error> for CliError {
    fn from(error: renumerate::Error) -> Self {
        Self::Client(error)
    }
}

impl From<SandboxError> for CliError {
    fn from(error: SandboxError) -> Self {
        Self::Sandbox(error)
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: E13, E14
    #[test]
    fn each_error_kind_has_a_documented_exit_code() {
        for kind in ErrorKind::ALL {
            let code = code_of(kind);
            assert!(code > 1, "{kind:?} has no exit code of its own");
            assert!(EXIT_CODES.contains(&format!(" {code}  ")), "{code} is not documented");
        }
        assert_eq!((code_of(ErrorKind::Closed), code_of(ErrorKind::Internal)), (11, 11));
    }
}
