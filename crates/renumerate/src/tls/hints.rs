//! Hints for failures of TLS, which suggest remedies.

use std::time::{Duration, UNIX_EPOCH};

use rustls::CertificateError;
use rustls::pki_types::UnixTime;

use crate::error::{Message, Name};

/// Returns a hint for a permanent failure of TLS. Only an internal error of the peer is temporary, and errors that are
/// no decision of either side.
pub(crate) fn tls_hint(error: &rustls::Error) -> Option<Message> {
    use rustls::AlertDescription as Alert;
    use rustls::Error::{
        AlertReceived, DecryptError, InappropriateHandshakeMessage, InappropriateMessage, InvalidCertificate,
        InvalidMessage, NoCertificatesPresented, PeerIncompatible, PeerMisbehaved, PeerSentOversizedRecord,
    };
    Some(match error {
        InvalidCertificate(error) => certificate_hint(error),
        InvalidMessage(_) | PeerIncompatible(_) | AlertReceived(Alert::ProtocolVersion) => {
            about_base_url("check that TLS 1.2 or later is spoken at the host and port of ", "")
        }
        AlertReceived(Alert::InternalError) => return None,
        AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity) => {
            "the server accepts none of the cipher suites that this client offers: ask whoever runs it to allow those of \
             TLS 1.2 with ECDHE, or TLS 1.3"
                .into()
        }
        AlertReceived(Alert::NoApplicationProtocol) => {
            about_base_url("check that HTTP/1.1 is spoken at the host and port of ", "")
        }
        AlertReceived(Alert::UnrecognisedName) => {
            about_base_url("the server does not know this host name: check the host in ", "")
        }
        AlertReceived(Alert::CertificateRequired | Alert::BadCertificate | Alert::UnknownCA) => {
            "the server asks for a client certificate, which this SDK does not support: use a proxy that adds it".into()
        }
        AlertReceived(_) => "the server refuses the TLS connection: ask whoever runs it".into(),
        PeerMisbehaved(_)
        | InappropriateMessage { .. }
        | InappropriateHandshakeMessage { .. }
        | DecryptError
        | PeerSentOversizedRecord
        | NoCertificatesPresented => "the server does not follow the rules of TLS: ask whoever runs it".into(),
        _ => return None,
    })
}

/// Returns a hint that gives the reason why a certificate is rejected. The names of the certificate must be plain
/// and few, as `LazyVerifier` returns them.
fn certificate_hint(error: &CertificateError) -> Message {
    use CertificateError as Reason;
    let about_ca_bundle =
        |advice: &str| Message::from(advice) + Name("ca_bundle") + " or in RENUMERATE_CA_BUNDLE";
    match error {
        Reason::UnknownIssuer => about_ca_bundle(
            "if a company's proxy or a private authority signs here, give its certificate file as ",
        ),
        Reason::ExpiredContext { time, not_after } => format!(
            "a certificate of the server was valid until {}, and this machine's clock says {}: ask whoever runs it to \
             renew it, or correct the clock",
            date(*not_after),
            date(*time)
        )
        .into(),
        Reason::NotValidYetContext { time, not_before } => format!(
            "a certificate of the server is valid from {}, and this machine's clock says {}: correct the clock, or ask \
             whoever runs the server for a certificate that is valid now",
            date(*not_before),
            date(*time)
        )
        .into(),
        Reason::Expired | Reason::NotValidYet => {
            "a certificate of the server is not valid now: ask whoever runs it to renew it, or correct this machine's clock"
                .into()
        }
        Reason::NotValidForNameContext { presented, .. } if presented.is_empty() => no_names(),
        Reason::NotValidForNameContext { presented, .. } => {
            let problem = format!(": the server's certificate is only for {}", presented.join(", "));
            about_base_url("check the host in ", &problem)
        }
        Reason::NotValidForName => {
            about_base_url("check the host in ", ": the server's certificate is not for it")
        }
        #[expect(deprecated, reason = "`LazyVerifier` returns this variant, because the others are long")]
        Reason::UnsupportedSignatureAlgorithm => {
            "the server's certificate is signed with SHA-1 or another algorithm that this client refuses: ask whoever runs \
             it for one that is signed with SHA-256"
                .into()
        }
        Reason::BadSignature => about_ca_bundle(
            "a certificate of the server is not signed with the trusted key of its issuer, or a key is one that this client \
             refuses (RSA under 2048 bits, P-521): ask whoever runs it for another key, or give the current certificate as ",
        ),
        Reason::InvalidPurpose => {
            "the server's certificate is not for servers (extendedKeyUsage): ask whoever runs it for one that is".into()
        }
        other => match webpki_error(other) {
            Some(webpki::Error::CaUsedAsEndEntity) => about_ca_bundle(
                "the server uses the certificate of an authority, as most self-signed ones are: if you trust it, give a \
                 file with this very certificate as ",
            ),
            // A certificate of version 1 has no extensions.
            Some(webpki::Error::UnsupportedCertVersion) => no_names(),
            _ => "ask whoever runs the server for another certificate".into(),
        },
    }
}

fn about_base_url(before: &str, after: &str) -> Message {
    Message::from(before) + Name("base_url") + after
}

/// Returns the hint for a certificate without a subjectAltName.
fn no_names() -> Message {
    about_base_url(
        "the server's certificate names no host in subjectAltName, and a common name does not count: ask whoever runs it \
         for one that names the host in ",
        "",
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
