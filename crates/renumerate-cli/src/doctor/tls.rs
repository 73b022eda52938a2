//! The `tls` check: the TLS handshake with the service, and the service's certificate.

use renumerate::diagnostics::{
    ClockComparison, DiagnosticContext, HandshakeReport, RootCounts, ServiceRoute, Stream,
};
use serde_json::json;

use super::certificate::Certificate;
use super::check::Check;

/// Performs the TLS handshake. Returns the `tls` check, and a clock comparison if the certificate was rejected only
/// because of its validity period.
pub(crate) async fn tls(
    context: &DiagnosticContext,
    route: &ServiceRoute,
    stream: Stream,
) -> (Check, Option<ClockComparison>) {
    let HandshakeReport { certificate, version, cipher, error, clock, roots, elapsed } =
        context.tls_handshake(&route.host, stream).await;
    let certificate = certificate.map(|der| Certificate::read(&der, |text| context.redact(text)));
    let certificate = certificate.as_ref();
    let mut check = match &error {
        None => {
            let (version, cipher) = (version.as_deref().unwrap_or("TLS"), cipher.as_deref().unwrap_or("?"));
            Check::ok("tls", format!("{version} with {cipher}"))
        }
        Some(error) => Check::failed("tls", error),
    };
    if let Some(certificate) = certificate {
        check = check.append_seen(&format!("the service sent a {certificate}"));
    }
    check = check.append_seen(&describe_roots(&roots));
    if let (None, Some(reason)) = (&error, roots.load_errors.first()) {
        check = check.warn(format!("check SSL_CERT_FILE and SSL_CERT_DIR: {reason}"));
    }
    let check = check
        .fact("version", version)
        .fact("cipher", cipher)
        .fact("trusted", error.is_none())
        .fact("certificate", certificate.map(Certificate::to_json))
        .fact(
            "roots",
            json!({
                "platform": roots.platform,
                "unreadable": roots.ignored + roots.load_errors.len(),
                "bundled": roots.bundled,
                "ca_bundle": roots.extra,
            }),
        );
    (check.with_elapsed(elapsed), clock)
}

fn describe_roots(roots: &RootCounts) -> String {
    let RootCounts { platform, ignored, load_errors, bundled, extra } = roots;
    let unreadable = match ignored + load_errors.len() {
        0 => String::new(),
        count => format!(" ({count} more cannot be read)"),
    };
    format!(
        "trusted roots: {platform} from the platform{unreadable}, {bundled} bundled, {extra} from ca_bundle"
    )
}
