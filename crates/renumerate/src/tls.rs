//! TLS configuration and trusted root certificates.
//!
//! The client trusts root certificates from three sources: the platform's store, the set that is bundled with this
//! library, and extra files.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::config::Config;
use crate::error::{Error, Name, Result};

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

    /// Returns the certificates of `ca_bundle` and of the host runtime's CA file. If the latter is unusable,
    /// logs a warning and ignores it.
    fn all(&self) -> Vec<CertificateDer<'static>> {
        let host_roots = self.host_ca_file.as_deref().map(read_roots);
        if let Some(Err(error)) = &host_roots {
            tracing::warn!(%error, "passed over the runtime's own file of certificates");
        }
        self.ca_bundle.iter().cloned().chain(host_roots.and_then(Result::ok).unwrap_or_default()).collect()
    }
}

/// Returns the TLS configuration, which accepts TLS 1.2 or later.
///
/// The root certificates are not loaded here, but at the first handshake: reading the platform's roots takes
/// milliseconds, and a process that makes no call does not need them.
pub(crate) fn client_config(extra_roots: &ExtraRoots) -> Result<ClientConfig> {
    client_config_with_verifier(Arc::new(LazyVerifier::new(extra_roots)))
}

/// Returns the same TLS configuration as [`client_config`], but with the given certificate verifier, such as a wrapper
/// of [`LazyVerifier`].
pub(crate) fn client_config_with_verifier(verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig> {
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
/// not usable as a root.
pub(crate) fn read_roots(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let reject = |problem: String| {
        let file = file.display();
        Error::configuration(
            Name("ca_bundle"),
            Name("ca_bundle") + format!(" \"{file}\" {problem}: give a PEM file of certificates"),
        )
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

/// Loads the roots of all sources.
fn load(extra_roots: &ExtraRoots) -> (RootCertStore, RootCounts) {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let bundled = roots.len();
    // This does not fail if the platform's store is absent or partly unreadable: the other roots are still trusted.
    let platform = rustls_native_certs::load_native_certs();
    let (platform_roots, ignored) = roots.add_parsable_certificates(platform.certs);
    tracing::debug!(
        taken = platform_roots,
        ignored,
        errors = platform.errors.len(),
        "read the platform's certificates"
    );
    let (extra, _) = roots.add_parsable_certificates(extra_roots.all());
    let load_errors = platform.errors.iter().map(ToString::to_string).collect();
    (roots, RootCounts { platform: platform_roots, ignored, load_errors, bundled, extra })
}

/// Certificate verifier that loads the roots at the first handshake, keeps them, and delegates to rustls's verifier.
#[derive(Debug)]
pub(crate) struct LazyVerifier {
    extra_roots: ExtraRoots,
    provider: Arc<CryptoProvider>,
    loaded: OnceLock<LoadedRoots>,
}

/// Verifier that trusts the loaded roots, and the number of roots from each source.
#[derive(Debug)]
struct LoadedRoots {
    counts: RootCounts,
    verifier: std::result::Result<Arc<WebPkiServerVerifier>, rustls::Error>,
}

impl LazyVerifier {
    pub(crate) fn new(extra_roots: &ExtraRoots) -> Self {
        Self { extra_roots: extra_roots.clone(), provider: provider(), loaded: OnceLock::new() }
    }

    fn loaded(&self) -> &LoadedRoots {
        self.loaded.get_or_init(|| {
            let (roots, counts) = load(&self.extra_roots);
            let verifier =
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
                    .build()
                    .map_err(|error| rustls::Error::General(error.to_string()));
            LoadedRoots { counts, verifier }
        })
    }

    /// Returns the number of root certificates from each source. Loads the roots on first use.
    pub(crate) fn counts(&self) -> &RootCounts {
        &self.loaded().counts
    }

    fn verifier(&self) -> std::result::Result<&WebPkiServerVerifier, rustls::Error> {
        self.loaded().verifier.as_deref().map_err(Clone::clone)
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
        let config = client_config(&ExtraRoots::default()).unwrap();
        assert!(format!("{config:?}").contains("loaded: OnceLock(<uninit>)"));
    }
}
