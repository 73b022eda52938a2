//! Subject, issuer and validity period of a certificate. The issuer shows whether a proxy intercepts the connection.

use std::fmt;

use serde_json::{Value, json};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::Decode;

/// Properties of a certificate, as the doctor prints them.
#[derive(Debug)]
pub(crate) enum Certificate {
    Read { subject: String, issuer: String, not_before: String, not_after: String },
    Unreadable(String),
}

impl Certificate {
    /// Parses a certificate in DER format. `redact` is applied to the subject and the issuer, because these texts come
    /// from the peer and may contain secrets or control characters.
    pub(crate) fn read(der: &[u8], redact: impl Fn(&str) -> String) -> Self {
        // The doctor also prints invalid certificates, so `Raw` skips the checks that the standard requires.
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
