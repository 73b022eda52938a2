//! Errors of the sandbox.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Reason why a sandbox could not start, or rejected a case file or a handshake token.
#[derive(Debug)]
#[non_exhaustive]
pub enum SandboxError {
    /// Another program listens on the port.
    PortInUse {
        /// Address on which the sandbox tried to listen.
        address: SocketAddr,
    },
    /// Another program listens on the port of the widgets.
    WidgetsPortInUse {
        /// Address on which the widgets tried to listen.
        address: SocketAddr,
    },
    /// The system does not allow the sandbox to listen on the address.
    Listen {
        /// Address on which the sandbox tried to listen.
        address: SocketAddr,
        /// The reason.
        source: io::Error,
    },
    /// A file or folder cannot be read.
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// A file is not a case file, or one of its cases is invalid.
    InvalidCaseFile {
        /// The file; `None` if the cases are not from a file.
        path: Option<PathBuf>,
        /// The reason, with the name of the case if the name is known.
        reason: String,
    },
    /// A file is not a seed, or a seed contradicts itself.
    InvalidSeed {
        /// The file; `None` if the seed was passed as a value.
        path: Option<PathBuf>,
        /// The reason.
        reason: String,
    },
    /// The text that was set as an allowed origin is not an origin.
    InvalidOrigin(String),
    /// The text that was set as the brand color is not a color of the form `#RRGGBB`.
    InvalidBrandColor(String),
    /// The probability of random faults is not between 0 and 1.
    InvalidChaosProbability(f64),
    /// The certificate authority of the widgets cannot be read or created.
    CertificateAuthority {
        /// The folder of the certificate authority.
        folder: PathBuf,
        /// The reason.
        reason: String,
    },
    /// The response to the exchange of a handshake token contains no session.
    TokenRejected {
        /// The service's message, or the problem of the response if it has no message.
        message: String,
        /// HTTP status of the response.
        status: u16,
        /// Cause and remedy, if the sandbox states them in the header `x-renumerate-sandbox-note`.
        note: Option<String>,
    },
    /// The exchange of a handshake token got no response.
    ExchangeFailed {
        /// The reason.
        source: io::Error,
    },
}

impl SandboxError {
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn case_file(reason: impl Into<String>) -> Self {
        Self::InvalidCaseFile { path: None, reason: reason.into() }
    }

    pub(crate) fn seed(reason: impl Into<String>) -> Self {
        Self::InvalidSeed { path: None, reason: reason.into() }
    }

    /// Adds the path of the invalid file to the error.
    pub(crate) fn in_file(mut self, file: &Path) -> Self {
        if let Self::InvalidCaseFile { path, .. } | Self::InvalidSeed { path, .. } = &mut self {
            *path = Some(file.to_owned());
        }
        self
    }
}

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PortInUse { address } => {
                write!(f, "port {} is in use; choose another, or 0 for any free port", address.port())
            }
            Self::WidgetsPortInUse { address } => write!(
                f,
                "{address} is in use, but the vendor's library looks for the widgets there; stop the program that \
                 listens on it (such as Astro's development server), or choose another port for pages of your own"
            ),
            Self::Listen { address, source } => write!(f, "cannot listen on {address}: {source}"),
            Self::Read { path, source } => write!(f, "cannot read {}: {source}", path.display()),
            Self::InvalidCaseFile { path: Some(path), reason }
            | Self::InvalidSeed { path: Some(path), reason } => {
                write!(f, "{}: {reason}", path.display())
            }
            Self::InvalidCaseFile { path: None, reason } => f.write_str(reason),
            Self::InvalidSeed { path: None, reason } => write!(f, "the seed is invalid: {reason}"),
            Self::InvalidOrigin(origin) => {
                write!(
                    f,
                    "the origin {origin:?} is invalid; use a scheme, a host and a port, such as http://localhost:3000"
                )
            }
            Self::InvalidBrandColor(color) => {
                write!(
                    f,
                    "the brand color {color:?} is invalid; use # and six hexadecimal digits, such as #2450C5"
                )
            }
            Self::InvalidChaosProbability(probability) => {
                write!(f, "the probability of random faults is {probability}; use 0 to 1")
            }
            Self::CertificateAuthority { folder, reason } => {
                write!(f, "cannot use the certificate authority in {}: {reason}", folder.display())
            }
            Self::TokenRejected { message, status, note } => {
                write!(f, "could not exchange the token: {message} (status {status})")?;
                note.iter().try_for_each(|note| write!(f, "; {note}"))
            }
            Self::ExchangeFailed { source } => write!(f, "could not exchange the token: {source}"),
        }
    }
}

impl Error for SandboxError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Listen { source, .. } | Self::Read { source, .. } | Self::ExchangeFailed { source } => {
                Some(source)
            }
            _ => None,
        }
    }
}
