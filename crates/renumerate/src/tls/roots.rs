//! Trusted root certificates: the platform's store, the bundled set, and extra files.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::config::{Config, SettingSource, named_by, variable};
use crate::error::{Error, Name, Result, describe_io};

/// Certificates that are trusted in addition to the platform's and the bundled roots.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExtraRoots {
    /// Certificates of the `ca_bundle` option, read and checked when the client is built.
    pub(super) ca_bundle: Vec<CertificateDer<'static>>,
    /// File of additional certificates that the host runtime trusts, such as Node's `NODE_EXTRA_CA_CERTS`.
    pub(super) host_ca_file: Option<PathBuf>,
}

impl ExtraRoots {
    /// Reads and checks the certificate file that the option `ca_bundle` names. The certificate file of the host
    /// runtime is read later, at the first handshake.
    ///
    /// # Errors
    ///
    /// A configuration error if the file is unreadable or contains no usable certificate.
    pub(crate) fn load(config: &Config) -> Result<Self> {
        let read = |(file, source): &(PathBuf, SettingSource)| {
            read_roots(file).map_err(|error| named_by(error, *source))
        };
        let ca_bundle = config.ca_bundle.as_ref().map(read).transpose()?;
        Ok(Self { ca_bundle: ca_bundle.unwrap_or_default(), host_ca_file: config.host_ca_file.clone() })
    }

    /// Returns the certificates of `ca_bundle` and of the host runtime's CA file. The second value names the latter and
    /// the reason if it is unusable.
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

/// Reads the certificates of a PEM file.
///
/// # Errors
///
/// A configuration error if the file is unreadable, is not valid PEM, contains no certificate, or contains one that is
/// not usable as a root. The message does not quote the path, because the option may contain a key by mistake.
fn read_roots(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let reject = |problem: &str| {
        let remedy = "set the path of a PEM file of certificates";
        Error::configuration(Name("ca_bundle"), Name("ca_bundle") + " " + problem, remedy)
    };
    let pem = std::fs::read(file)
        .map_err(|error| reject(&format!("cannot be read: {}", describe_io(&error))).with_source(error))?;
    let roots: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| reject(&format!("is not valid PEM ({error:?})")))?;
    if roots.is_empty() {
        return Err(reject("contains no certificate"));
    }
    let mut store = RootCertStore::empty();
    for root in &roots {
        store
            .add(root.clone())
            .map_err(|error| reject(&format!("contains an unusable certificate ({error})")))?;
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

/// Certificates of all sources.
pub(super) struct TrustedCertificates {
    pub(super) roots: RootCertStore,
    pub(super) counts: RootCounts,
    /// Certificates of the extra files. They are also in `roots`.
    pub(super) extra: Vec<CertificateDer<'static>>,
    /// Why the CA file of the host runtime is unusable.
    pub(super) host_error: Option<String>,
}

/// Loads the certificates of all sources. Sets `reading` to the source that is being read.
pub(super) fn load(extra_roots: &ExtraRoots, reading: &Mutex<String>) -> TrustedCertificates {
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
    let (extra, host_error) = extra_roots.all();
    let (extra_count, _) = roots.add_parsable_certificates(extra.iter().cloned());
    let load_errors = platform.errors.iter().map(ToString::to_string).collect();
    let counts = RootCounts { platform: platform_roots, ignored, load_errors, bundled, extra: extra_count };
    TrustedCertificates { roots, counts, extra, host_error }
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
            ("", "contains no certificate"),
            ("-----BEGIN CERTIFICATE-----\n", "is not valid PEM"),
            (empty, "unusable certificate"),
        ] {
            std::fs::write(&file, content).unwrap();
            let error = read_roots(&file).unwrap_err();
            assert_eq!((error.code(), error.field()), ("configuration", Some("ca_bundle")));
            assert!(error.message().contains(reason), "{error}");
        }
        assert!(read_roots(&folder.join("missing.pem")).unwrap_err().message().contains("cannot be read"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
