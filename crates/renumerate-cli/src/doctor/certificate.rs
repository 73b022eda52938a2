//! Subject, issuer and validity period of a certificate. The issuer reveals an intercepting proxy.

use std::fmt;

use serde_json::{Value, json};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::Decode;

/// The printed properties of a certificate.
#[derive(Debug)]
pub(crate) enum Certificate {
    Read { subject: String, issuer: String, not_before: String, not_after: String },
    Unreadable(String),
}

impl Certificate {
    /// Parses DER. `redact` is applied to the names, which are text from the peer.
    pub(crate) fn read(der: &[u8], redact: impl Fn(&str) -> String) -> Self {
        // `Raw` skips the checks of the standard, because invalid certificates are printed too.
        match CertificateInner::<Raw>::from_der(der) {
            Ok(certificate) => {
                let tbs = certificate.tbs_certificate();
                Self::Read {
                    subject: redact(&tbs.subject().to_string()),
                    issuer: redact(&tbs.issuer().to_string()),
                    not_before: tbs.validity().not_before.to_date_time().to_string(),
                    not_after: tbs.validity().not_after.to_date_time().to_string(),
                }
            }
            Err(error) => Self::Unreadable(error.to_string()),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Read { subject, issuer, not_before, not_after } => json!({
                "subject": subject,
                "issuer": issuer,
                "not_before": not_before,
                "not_after": not_after,
            }),
            Self::Unreadable(_) => Value::Null,
        }
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { subject, issuer, not_before, not_after } => {
                write!(
                    f,
                    "certificate for \"{subject}\", issued by \"{issuer}\", valid from {not_before} to {not_after}"
                )
            }
            Self::Unreadable(reason) => write!(f, "certificate that cannot be parsed ({reason})"),
        }
    }
}
