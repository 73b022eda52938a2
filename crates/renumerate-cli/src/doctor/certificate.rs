//! Subject, issuer and validity period of a certificate. The issuer reveals an intercepting proxy.

use std::fmt;

use serde_json::{Value, json};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::Decode;

/// Properties of a certificate that are printed.
#[derive(Debug)]
pub(crate) enum Certificate {
    Read { subject: String, issuer: String, not_before: String, not_after: String },
    Unreadable(String),
}

impl Certificate {
    /// Parses a certificate in DER format. `redact` is applied to subject and issuer, because they are text from the
    /// peer.
    pub(crate) fn read(der: &[u8], redact: impl Fn(&str) -> String) -> Self {
        // `Raw` skips the checks that the standard requires, because invalid certificates are printed too.
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
