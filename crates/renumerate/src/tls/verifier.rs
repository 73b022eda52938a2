//! Certificate verifier of the client.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tracing::Level;

use super::explain::webpki_error;
use super::roots::{ExtraRoots, RootCounts, TrustedCertificates, load};
use crate::error::Message;
use crate::runtime::Job;

/// Maximum number of names of a certificate that an error contains.
const MAX_NAMES: usize = 5;

/// Maximum length of a name in an error.
const NAME_MAX_CHARS: usize = 100;

/// Certificate verifier that delegates to rustls's verifier, except for the certificates of the extra files: if the
/// server presents one of them itself, it needs no issuer. The roots are loaded on a thread of their own before the
/// first handshake, and then kept. A file that cannot be read in time therefore delays only calls, up to their
/// timeouts, and not the runtime.
#[derive(Debug)]
pub(crate) struct LazyVerifier {
    extra_roots: ExtraRoots,
    provider: Arc<CryptoProvider>,
    pub(super) loading: Mutex<Option<Job<Arc<LoadedRoots>>>>,
    /// The source that is being read.
    reading: Arc<Mutex<String>>,
}

/// Verifier that trusts the loaded roots, and the number of roots from each source.
#[derive(Debug)]
pub(crate) struct LoadedRoots {
    pub(crate) counts: RootCounts,
    verifier: Result<Arc<WebPkiServerVerifier>, rustls::Error>,
    /// Certificates of the extra files, which are also trusted as server certificates.
    extra: Vec<CertificateDer<'static>>,
    /// Why the CA file of the host runtime is unusable.
    host_error: Option<String>,
    is_logged: AtomicBool,
}

impl LoadedRoots {
    /// Logs how the loading went, once. The thread that loads the roots belongs to no call, and so has no logger.
    pub(crate) fn log_once(&self) {
        // A call without a logger must not use up the log.
        if !tracing::event_enabled!(target: "renumerate", Level::WARN)
            || self.is_logged.swap(true, Ordering::Relaxed)
        {
            return;
        }
        let RootCounts { platform, ignored, load_errors, .. } = &self.counts;
        let errors = load_errors.len();
        tracing::debug!(target: "renumerate", loaded = platform, ignored, errors, "loaded platform certificates");
        if let Some(error) = &self.host_error {
            tracing::warn!(target: "renumerate", %error, "ignoring NODE_EXTRA_CA_CERTS");
        }
    }
}

impl LazyVerifier {
    pub(crate) fn new(extra_roots: &ExtraRoots) -> Self {
        Self {
            extra_roots: extra_roots.clone(),
            provider: provider(),
            loading: Mutex::default(),
            reading: Arc::default(),
        }
    }

    /// Starts to load the roots, or joins the loading that has started.
    ///
    /// # Errors
    ///
    /// The system's error if no thread can be started.
    pub(crate) fn start_loading(&self) -> io::Result<Job<Arc<LoadedRoots>>> {
        let mut loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job) = loading.as_ref().filter(|job| !job.is_lost()) {
            return Ok(job.clone());
        }
        let (extra_roots, provider) = (self.extra_roots.clone(), Arc::clone(&self.provider));
        let reading = Arc::clone(&self.reading);
        let job = Job::start("renumerate-roots", move || {
            let TrustedCertificates { roots, counts, extra, host_error } = load(&extra_roots, &reading);
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()));
            Arc::new(LoadedRoots { counts, verifier, extra, host_error, is_logged: AtomicBool::new(false) })
        })?;
        Ok(loading.insert(job).clone())
    }

    /// Returns the hint for a timeout while the roots are being loaded.
    pub(crate) fn loading_hint(&self) -> Message {
        let reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        format!("check that the trusted certificates can be read, which did not end: {reading}").into()
    }

    fn loaded(&self) -> Result<Arc<LoadedRoots>, rustls::Error> {
        let loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let not_loaded = || rustls::Error::General("the root certificates are not loaded".to_owned());
        loading.as_ref().and_then(Job::peek).ok_or_else(not_loaded)
    }

    fn verifier(&self) -> Result<Arc<WebPkiServerVerifier>, rustls::Error> {
        self.loaded()?.verifier.clone()
    }

    /// Verifies a server certificate that is in an extra file. It needs no issuer and may be one of an authority
    /// (CA:TRUE), as most self-signed certificates are. Its names and its validity period must match.
    ///
    /// webpki checks a certificate in this order: validity period, CA flag, extended key usage, issuer. So the error
    /// that the certificate is one of an authority, or that its issuer is unknown, implies a valid period. Without
    /// roots and intermediate certificates, all errors are about this certificate.
    fn verify_listed(
        &self,
        certificate: &CertificateDer<'_>,
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let certificate = ParsedCertificate::try_from(certificate)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        let no_roots = RootCertStore::empty();
        let verified =
            verify_server_cert_signed_by_trust_anchor(&certificate, &no_roots, &[], now, algorithms);
        match verified {
            Ok(()) | Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {}
            Err(rustls::Error::InvalidCertificate(error))
                if webpki_error(&error) == Some(&webpki::Error::CaUsedAsEndEntity) => {}
            Err(error) => return Err(error),
        }
        verify_server_name(&certificate, server_name)?;
        Ok(ServerCertVerified::assertion())
    }
}

impl ServerCertVerifier for LazyVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let loaded = self.loaded()?;
        let result = if loaded.extra.iter().any(|certificate| certificate == end_entity) {
            self.verify_listed(end_entity, server_name, now)
        } else {
            let verifier = loaded.verifier.clone()?;
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        result.map_err(shorten)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier()?.verify_tls12_signature(message, cert, dss).map_err(shorten)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier()?.verify_tls13_signature(message, cert, dss).map_err(shorten)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Removes the parts of an error that the server determines, and that are long or may contain control characters. A few
/// plain names of the certificate remain.
fn shorten(error: rustls::Error) -> rustls::Error {
    use CertificateError::{
        InvalidPurpose, InvalidPurposeContext, NotValidForNameContext, UnsupportedSignatureAlgorithmContext,
        UnsupportedSignatureAlgorithmForPublicKeyContext,
    };
    let rustls::Error::InvalidCertificate(error) = error else { return error };
    let error = match error {
        NotValidForNameContext { expected, presented } => {
            let mut names: Vec<_> = presented.iter().filter_map(|name| plain_name(name)).collect();
            let more = names.len().saturating_sub(MAX_NAMES);
            names.truncate(MAX_NAMES);
            names.extend((more > 0).then(|| format!("{more} more")));
            NotValidForNameContext { expected, presented: names }
        }
        InvalidPurposeContext { .. } => InvalidPurpose,
        // The key with the name of the issuer is of another kind than the signature.
        UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => CertificateError::BadSignature,
        #[expect(deprecated, reason = "the other variant contains lists of bytes")]
        UnsupportedSignatureAlgorithmContext { .. } => CertificateError::UnsupportedSignatureAlgorithm,
        other => other,
    };
    error.into()
}

/// Returns the name in `DnsName("a.example")` or `IpAddress(192.0.2.1)`. Other kinds of names are not for servers.
fn plain_name(presented: &str) -> Option<String> {
    let dns_name = || presented.strip_prefix("DnsName(\"")?.strip_suffix("\")");
    let address = || presented.strip_prefix("IpAddress(")?.strip_suffix(')');
    let name = dns_name().or_else(address)?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._*:".contains(c);
    let mut plain: String =
        name.chars().map(|c| if is_plain(c) { c } else { '?' }).take(NAME_MAX_CHARS).collect();
    if name.chars().count() > NAME_MAX_CHARS {
        plain.push('…');
    }
    Some(plain)
}

pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
