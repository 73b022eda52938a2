//! The handshake with the service, and whose certificate it showed.

use renumerate::diagnostics::{
    ClockComparison, DiagnosticContext, HandshakeReport, RootCounts, ServiceRoute, Stream,
};
use serde_json::json;

use super::certificate::Certificate;
use super::check::Check;

pub(crate) async fn tls(
    setup: &DiagnosticContext,
    route: &ServiceRoute,
    stream: Stream,
) -> (Check, Option<ClockComparison>) {
    let HandshakeReport { certificate, version, cipher, error, clock, elapsed } =
        setup.tls_handshake(&route.host, stream).await;
    let certificate = certificate.map(|der| Certificate::read(&der, |text| setup.redact(text)));
    let certificate = certificate.as_ref();
    let roots = setup.root_counts();
    let mut check = match &error {
        None => {
            let (version, cipher) = (version.as_deref().unwrap_or("TLS"), cipher.as_deref().unwrap_or("?"));
            Check::ok("tls", format!("{version} with {cipher}"))
        }
        Some(error) => Check::failed("tls", error).or_remedy(
            "check that TLS is spoken at the host and port of base_url, and what stands in between",
        ),
    };
    if let Some(certificate) = certificate {
        check = check.and_seen(&format!("the service has a {certificate}"));
    }
    check = check.and_seen(&trusted(roots));
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
    (check.took(elapsed), clock)
}

fn trusted(roots: &RootCounts) -> String {
    let RootCounts { platform, ignored, load_errors, bundled, extra } = roots;
    let unreadable = match ignored + load_errors.len() {
        0 => String::new(),
        count => format!(" ({count} more can't be read)"),
    };
    format!(
        "trusted are {platform} roots of the platform{unreadable}, {bundled} bundled, {extra} of ca_bundle"
    )
}
