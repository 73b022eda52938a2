//! Whose certificate it is, by whom, and until when: what names a company's proxy that reads along.

use std::fmt;

use serde_json::{Value, json};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::Decode;

/// What is shown of a certificate.
#[derive(Debug)]
pub(crate) enum Certificate {
    Read { subject: String, issuer: String, not_before: String, not_after: String },
    Unreadable(String),
}

impl Certificate {
    /// Reads DER; its text is a peer's, and made fit to be shown.
    pub(crate) fn read(der: &[u8], scrubbed: impl Fn(&str) -> String) -> Self {
        // Without the checks of the standard: what is to be shown need not be sound.
        match CertificateInner::<Raw>::from_der(der) {
            Ok(certificate) => {
                let tbs = certificate.tbs_certificate();
                Self::Read {
                    subject: scrubbed(&tbs.subject().to_string()),
                    issuer: scrubbed(&tbs.issuer().to_string()),
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
                    "certificate for \"{subject}\" by \"{issuer}\", valid from {not_before} to {not_after}"
                )
            }
            Self::Unreadable(reason) => write!(f, "certificate that can't be read ({reason})"),
        }
    }
}
