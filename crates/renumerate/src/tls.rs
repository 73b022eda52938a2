//! TLS configuration and trusted root certificates.
//!
//! The client trusts root certificates from three sources: the platform's store, the set that is bundled with this
//! library, and extra files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tracing::Level;

use crate::config::{Config, variable};
use crate::error::{Error, Message, Name, Result};
use crate::runtime::Job;

/// Root certificates that are trusted in addition to the platform's and the bundled roots.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExtraRoots {
    /// Certificates of the `ca_bundle` option, read and checked when the client is built.
    ca_bundle: Vec<CertificateDer<'static>>,
    /// File of additional certificates that the host runtime trusts, such as Node's `NODE_EXTRA_CA_CERTS`.
    host_ca_file: Option<PathBuf>,
}

impl ExtraRoots {
    /// Reads and checks the certificate file that the option `ca_bundle` names. The certificate file of the host
    /// runtime is read later, at the first handshake.
    ///
    /// # Errors
    ///
    /// A configuration error if the file is unreadable or contains no usable certificate.
    pub(crate) fn load(config: &Config) -> Result<Self> {
        let ca_bundle = config.ca_bundle.as_ref().map(|(file, _)| read_roots(file)).transpose()?;
        Ok(Self { ca_bundle: ca_bundle.unwrap_or_default(), host_ca_file: config.host_ca_file.clone() })
    }

    /// Returns the certificates of `ca_bundle` and of the host runtime's CA file. The second value names the latter and the
    /// reason if it is unusable.
    fn all(&self) -> (Vec<CertificateDer<'static>>, Option<String>) {
        let host_roots = self.host_ca_file.as_deref().map(|file| (file, read_roots(file)));
        let (host_roots, error) = match host_roots {
            Some((_, Ok(roots))) => (roots, None),
            Some((file, Err(error))) => {
                let reason = error.cause().unwrap_or_else(|| error.message().to_owned());
                (Vec::new(), Some(format!("{}: {reason}", file.display())))
            }
            None => (Vec::new(), None),
        };
        (self.ca_bundle.iter().cloned().chain(host_roots).collect(), error)
    }
}

/// TLS configuration, which accepts TLS 1.2 or later, with its verifier.
///
/// The root certificates are not loaded here, but before the first handshake: reading the platform's roots takes
/// milliseconds, and a process that makes no call does not need them.
#[derive(Clone, Debug)]
pub(crate) struct TlsSettings {
    config: Arc<ClientConfig>,
    verifier: Arc<LazyVerifier>,
}

impl TlsSettings {
    pub(crate) fn new(extra_roots: &ExtraRoots) -> Result<Self> {
        let verifier = Arc::new(LazyVerifier::new(extra_roots));
        let config = client_config(Arc::clone(&verifier) as Arc<dyn ServerCertVerifier>)?;
        Ok(Self { config: Arc::new(config), verifier })
    }

    pub(crate) fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    /// Starts to load the root certificates, or joins the loading that has started. A handshake requires its end.
    ///
    /// # Errors
    ///
    /// The system's error if no thread can be started.
    pub(crate) fn start_loading_roots(&self) -> io::Result<Job<Arc<LoadedRoots>>> {
        self.verifier.start_loading()
    }

    /// Returns the hint for a timeout while the root certificates are being loaded.
    pub(crate) fn loading_hint(&self) -> Message {
        self.verifier.loading_hint()
    }
}

/// Returns the TLS configuration with the given certificate verifier: [`LazyVerifier`], or a wrapper of it.
pub(crate) fn client_config(verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::configuration(Name("ca_bundle"), format!("TLS cannot be set up: {error}")))?
        .dangerous() // required for a custom verifier; `LazyVerifier` delegates to rustls's verifier
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Reads the certificates of a PEM file.
///
/// # Errors
///
/// A configuration error if the file is unreadable, is not valid PEM, contains no certificate, or contains one that is
/// not usable as a root. The message does not quote the path, because the option may contain a key by mistake.
pub(crate) fn read_roots(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let reject = |problem: String| {
        let problem = format!(" {problem}: give the path of a PEM file of certificates");
        Error::configuration(Name("ca_bundle"), Name("ca_bundle") + problem)
    };
    let pem =
        std::fs::read(file).map_err(|error| reject(format!("can't be read ({error})")).with_source(error))?;
    let roots: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| reject(format!("isn't sound PEM ({error:?})")))?;
    if roots.is_empty() {
        return Err(reject("holds no certificate".to_owned()));
    }
    let mut store = RootCertStore::empty();
    for root in &roots {
        store
            .add(root.clone())
            .map_err(|error| reject(format!("holds a certificate that can't be used ({error})")))?;
    }
    Ok(roots)
}

/// Number of root certificates from each source.
#[derive(Clone, Debug, Default)]
pub struct RootCounts {
    /// Number of trusted roots of the platform, or of `SSL_CERT_FILE` and `SSL_CERT_DIR` if these variables are set.
    pub platform: usize,
    /// Number of the platform's roots that are ignored because they are invalid.
    pub ignored: usize,
    /// Errors that occurred while the platform's roots were loaded.
    pub load_errors: Vec<String>,
    /// Number of roots that are bundled with this library.
    pub bundled: usize,
    /// Number of trusted roots in the extra files.
    pub extra: usize,
}

/// Loads the roots of all sources. Sets `reading` to the source that is being read.
fn load(extra_roots: &ExtraRoots, reading: &Mutex<String>) -> (RootCertStore, RootCounts, Option<String>) {
    let set_reading = |source| *reading.lock().unwrap_or_else(PoisonError::into_inner) = source;
    set_reading(platform_source());
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let bundled = roots.len();
    // This does not fail if the platform's store is absent or partly unreadable: the other roots are still trusted.
    let platform = rustls_native_certs::load_native_certs();
    let (platform_roots, ignored) = roots.add_parsable_certificates(platform.certs);
    set_reading(
        extra_roots.host_ca_file.as_ref().map_or_else(String::new, |file| file.display().to_string()),
    );
    let (extra_roots, host_error) = extra_roots.all();
    let (extra, _) = roots.add_parsable_certificates(extra_roots);
    let load_errors = platform.errors.iter().map(ToString::to_string).collect();
    (roots, RootCounts { platform: platform_roots, ignored, load_errors, bundled, extra }, host_error)
}

/// Describes where the platform's roots are read from.
fn platform_source() -> String {
    let named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().filter_map(|name| {
        let path = variable(name).ok()??;
        Some(format!("{name} ({path})"))
    });
    let named: Vec<_> = named.collect();
    if named.is_empty() { "the platform's store".to_owned() } else { named.join(" and ") }
}

/// Certificate verifier that delegates to rustls's verifier. The roots are loaded on a thread of their own before the
/// first handshake, and then kept. A file that cannot be read in time therefore delays only calls, up to their timeouts,
/// and not the runtime.
#[derive(Debug)]
pub(crate) struct LazyVerifier {
    extra_roots: ExtraRoots,
    provider: Arc<CryptoProvider>,
    loading: Mutex<Option<Job<Arc<LoadedRoots>>>>,
    /// The source that is being read.
    reading: Arc<Mutex<String>>,
}

/// Verifier that trusts the loaded roots, and the number of roots from each source.
#[derive(Debug)]
pub(crate) struct LoadedRoots {
    pub(crate) counts: RootCounts,
    verifier: std::result::Result<Arc<WebPkiServerVerifier>, rustls::Error>,
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
        tracing::debug!(target: "renumerate", taken = platform, ignored, errors, "read the platform's certificates");
        if let Some(error) = &self.host_error {
            tracing::warn!(target: "renumerate", %error, "passed over the runtime's own file of certificates");
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
            let (roots, counts, host_error) = load(&extra_roots, &reading);
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()));
            Arc::new(LoadedRoots { counts, verifier, host_error, is_logged: AtomicBool::new(false) })
        })?;
        Ok(loading.insert(job).clone())
    }

    /// Returns the hint for a timeout while the roots are being loaded.
    pub(crate) fn loading_hint(&self) -> Message {
        let reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        format!("the trusted certificates were still being read from {reading}: check that they can be read")
            .into()
    }

    fn verifier(&self) -> std::result::Result<Arc<WebPkiServerVerifier>, rustls::Error> {
        let loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = loading.as_ref().and_then(Job::peek);
        let not_loaded = || rustls::Error::General("the root certificates are not loaded".to_owned());
        loaded.ok_or_else(not_loaded)?.verifier.clone()
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
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        self.verifier()?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier()?.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier()?.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: S13, E1
    #[test]
    fn unusable_ca_file_is_rejected_with_its_reason() {
        let folder = std::env::temp_dir().join(format!("renumerate-ca-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("ca.pem");
        let empty = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (content, reason) in [
            ("", "holds no certificate"),
            ("-----BEGIN CERTIFICATE-----\n", "sound PEM"),
            (empty, "can't be used"),
        ] {
            std::fs::write(&file, content).unwrap();
            let error = read_roots(&file).unwrap_err();
            assert_eq!((error.code(), error.field()), ("configuration", Some("ca_bundle")));
            assert!(error.message().contains(reason), "{error}");
        }
        assert!(read_roots(&folder.join("missing.pem")).unwrap_err().message().contains("can't be read"));
        std::fs::remove_dir_all(folder).unwrap();
    }

    /// Rules: S13
    #[test]
    fn platform_roots_are_not_loaded_before_a_handshake() {
        let settings = TlsSettings::new(&ExtraRoots::default()).unwrap();
        assert!(settings.verifier.loading.lock().unwrap().is_none());
    }
}
