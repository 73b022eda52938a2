//! Explanations of TLS failures: the reason and the remedy.

use std::time::{Duration, UNIX_EPOCH};

use rustls::CertificateError;
use rustls::pki_types::UnixTime;

use crate::error::{Explanation, Message, Name};

/// Explains a failure of TLS. Only an internal error of the peer is temporary, and errors that are no decision of either
/// side.
pub(crate) fn explain_tls(error: &rustls::Error) -> Explanation {
    use rustls::AlertDescription as Alert;
    use rustls::Error::{
        AlertReceived, DecryptError, InappropriateHandshakeMessage, InappropriateMessage, InvalidCertificate,
        InvalidMessage, NoCertificatesPresented, PeerIncompatible, PeerMisbehaved, PeerSentOversizedRecord,
    };
    let ask_operator = "ask the server's operator";
    match error {
        InvalidCertificate(error) => explain_certificate(error),
        InvalidMessage(_) | PeerIncompatible(_) | AlertReceived(Alert::ProtocolVersion) => {
            Explanation::permanent(
                "the server does not speak TLS 1.2 or later",
                check_base_url("the scheme, host and port"),
            )
        }
        AlertReceived(Alert::InternalError) => {
            Explanation::temporary("the server reported an internal error")
        }
        AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity) => Explanation::permanent(
            "the server accepts none of the cipher suites that this client offers",
            "ask the server's operator to allow those of TLS 1.2 with ECDHE, or TLS 1.3",
        ),
        AlertReceived(Alert::NoApplicationProtocol) => {
            Explanation::permanent("the server does not speak HTTP/1.1", check_base_url("the host and port"))
        }
        AlertReceived(Alert::UnrecognisedName) => {
            Explanation::permanent("the server does not know this host name", check_base_url("the host"))
        }
        AlertReceived(Alert::CertificateRequired | Alert::BadCertificate | Alert::UnknownCA) => {
            Explanation::permanent(
                "the server requires a client certificate, which this SDK does not support",
                "use a proxy that adds the certificate",
            )
        }
        AlertReceived(_) => Explanation::permanent("the server refused the connection", ask_operator),
        PeerMisbehaved(_)
        | InappropriateMessage { .. }
        | InappropriateHandshakeMessage { .. }
        | DecryptError
        | PeerSentOversizedRecord
        | NoCertificatesPresented => {
            Explanation::permanent("the server violates the TLS protocol", ask_operator)
        }
        other => Explanation::temporary(other.to_string()),
    }
}

/// Explains why a certificate is rejected. The names of the certificate must be plain and few, as `LazyVerifier` returns
/// them.
fn explain_certificate(error: &CertificateError) -> Explanation {
    use CertificateError as Reason;
    let renew =
        "ask the server's operator for a certificate that is valid now, or correct this machine's clock";
    match error {
        Reason::UnknownIssuer => Explanation::permanent(
            "the issuer of the server's certificate is not trusted",
            in_ca_bundle(
                "if a company's proxy or a private authority has signed it, set the authority's certificate file as ",
            ),
        ),
        Reason::ExpiredContext { time, not_after } => Explanation::permanent(
            format!(
                "a certificate of the server expired on {}, and this machine's clock says {}",
                date(*not_after),
                date(*time)
            ),
            renew,
        ),
        Reason::NotValidYetContext { time, not_before } => Explanation::permanent(
            format!(
                "a certificate of the server is valid from {}, and this machine's clock says {}",
                date(*not_before),
                date(*time)
            ),
            renew,
        ),
        Reason::Expired | Reason::NotValidYet => {
            Explanation::permanent("a certificate of the server is not valid now", renew)
        }
        Reason::NotValidForNameContext { presented, .. } if presented.is_empty() => without_names(),
        Reason::NotValidForNameContext { presented, .. } => Explanation::permanent(
            format!("the server's certificate is only for {}", presented.join(", ")),
            check_base_url("the host"),
        ),
        Reason::NotValidForName => Explanation::permanent(
            "the server's certificate is not for this host",
            check_base_url("the host"),
        ),
        #[expect(deprecated, reason = "`LazyVerifier` returns this variant, because the others are long")]
        Reason::UnsupportedSignatureAlgorithm => Explanation::permanent(
            "the server's certificate is signed with SHA-1 or another algorithm that this client refuses",
            "ask the server's operator for a certificate that is signed with SHA-256",
        ),
        Reason::BadSignature => Explanation::permanent(
            "a certificate of the server is not signed with the trusted key of its issuer, or has a key that this client \
             refuses (RSA under 2048 bits, P-521)",
            in_ca_bundle(
                "ask the server's operator for another key, or set the current certificate file as ",
            ),
        ),
        Reason::InvalidPurpose => Explanation::permanent(
            "the server's certificate is not for servers (extendedKeyUsage)",
            "ask the server's operator for one that is",
        ),
        other => match webpki_error(other) {
            Some(webpki::Error::CaUsedAsEndEntity) => Explanation::permanent(
                "the server's certificate is not trusted: it is that of an authority, like most self-signed certificates",
                in_ca_bundle("if you trust it, set a file with this very certificate as "),
            ),
            // A certificate of version 1 has no extensions.
            Some(webpki::Error::UnsupportedCertVersion) => without_names(),
            _ => Explanation::permanent(
                "the server's certificate is invalid",
                "ask the server's operator for another certificate",
            ),
        },
    }
}

fn check_base_url(part: &str) -> Message {
    Message::from(format!("check {part} of ")) + Name("base_url")
}

fn in_ca_bundle(advice: &str) -> Message {
    Message::from(advice) + Name("ca_bundle") + " or RENUMERATE_CA_BUNDLE"
}

/// Explains the rejection of a certificate without a subjectAltName.
fn without_names() -> Explanation {
    Explanation::permanent(
        "the server's certificate names no host in subjectAltName, and a common name does not count",
        Message::from("ask the server's operator for one that names the host of ") + Name("base_url"),
    )
}

/// Returns the error of webpki that rustls wraps because it has no variant of its own for it.
pub(super) fn webpki_error(error: &CertificateError) -> Option<&webpki::Error> {
    let CertificateError::Other(other) = error else { return None };
    other.0.downcast_ref()
}

/// Formats a date like `Fri, 01 Jan 2021 00:00:00 GMT`.
fn date(time: UnixTime) -> String {
    /// The end of the year 9999. `httpdate` panics on later dates.
    const LATEST_SECONDS: u64 = 253_402_300_799;
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(time.as_secs().min(LATEST_SECONDS)))
}
