//! Which certificates are trusted: the platform's, the bundled ones and those of an extra file, together.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::config::Config;
use crate::error::{Error, Result};

/// What is trusted beside the platform's and the bundled certificates.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExtraRoots {
    /// Of the file that was given, which is read and checked at construction.
    pub(crate) given: Vec<CertificateDer<'static>>,
    /// The file of the runtime around this library.
    pub(crate) host_ca_file: Option<PathBuf>,
}

impl ExtraRoots {
    /// Reads and checks the file that the caller set. The runtime's own file is read at the first handshake.
    pub(crate) fn load(config: &Config) -> Result<Self> {
        let given = config.ca_bundle.as_ref().map(|(file, _)| read_roots(file)).transpose()?;
        Ok(Self { given: given.unwrap_or_default(), host_ca_file: config.host_ca_file.clone() })
    }

    fn all(&self) -> Vec<CertificateDer<'static>> {
        let runtimes = self.host_ca_file.as_deref().map(read_roots);
        if let Some(Err(error)) = &runtimes {
            tracing::warn!(%error, "passed over the runtime's own file of certificates");
        }
        self.given.iter().cloned().chain(runtimes.and_then(Result::ok).unwrap_or_default()).collect()
    }
}

/// TLS 1.2 or later. The roots are loaded at the first handshake: reading the platform's takes milliseconds that
/// a process which never calls should not pay.
pub(crate) fn client_config(extra_roots: &ExtraRoots) -> Result<ClientConfig> {
    client_config_with(Arc::new(LazyVerifier::new(extra_roots)))
}

/// The same with a verifier around ours.
pub(crate) fn client_config_with(verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::configuration("ca_bundle", format!("TLS cannot be set up: {error}")))?
        .dangerous() // The name is rustls's for any verifier of one's own; this one hands on to theirs.
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The certificates of a PEM file, each fit to be a root.
pub(crate) fn read_roots(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let refuse = |flaw: String| {
        let file = file.display();
        Error::configuration(
            "ca_bundle",
            format!("ca_bundle \"{file}\" {flaw}: give a PEM file of certificates"),
        )
    };
    let pem =
        std::fs::read(file).map_err(|error| refuse(format!("can't be read ({error})")).with_source(error))?;
    let roots: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| refuse(format!("isn't sound PEM ({error:?})")))?;
    if roots.is_empty() {
        return Err(refuse("holds no certificate".to_owned()));
    }
    let mut store = RootCertStore::empty();
    for root in &roots {
        store
            .add(root.clone())
            .map_err(|error| refuse(format!("holds a certificate that can't be used ({error})")))?;
    }
    Ok(roots)
}

/// How many certificates are trusted, by where they come from.
#[derive(Clone, Debug, Default)]
pub struct RootCounts {
    /// Of the platform, or of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    pub platform: usize,
    /// Of the platform, and passed over since they are not sound.
    pub ignored: usize,
    /// Why some of the platform's could not be read.
    pub load_errors: Vec<String>,
    /// Bundled with this library.
    pub bundled: usize,
    /// Of the extra files.
    pub extra: usize,
}

/// All that is trusted.
fn load(extra_roots: &ExtraRoots) -> (RootCertStore, RootCounts) {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let bundled = roots.len();
    // The platform's store may be absent, or hold what rustls cannot read: the others still serve.
    let platform = rustls_native_certs::load_native_certs();
    let (taken, ignored) = roots.add_parsable_certificates(platform.certs);
    tracing::debug!(taken, ignored, errors = platform.errors.len(), "read the platform's certificates");
    let (extra, _) = roots.add_parsable_certificates(extra_roots.all());
    let load_errors = platform.errors.iter().map(ToString::to_string).collect();
    (roots, RootCounts { platform: taken, ignored, load_errors, bundled, extra })
}

/// Verifies as rustls does, over roots that are loaded when they are first needed, and then kept.
#[derive(Debug)]
pub(crate) struct LazyVerifier {
    extra_roots: ExtraRoots,
    provider: Arc<CryptoProvider>,
    loaded: OnceLock<LoadedRoots>,
}

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
    fn a_file_that_holds_no_usable_certificate_is_refused_by_name() {
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
    fn the_platforms_certificates_are_not_read_before_a_handshake() {
        let config = client_config(&ExtraRoots::default()).unwrap();
        assert!(format!("{config:?}").contains("loaded: OnceLock(<uninit>)"));
    }
}
