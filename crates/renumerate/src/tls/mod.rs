//! TLS configuration and trusted root certificates.
//!
//! The client trusts root certificates from three sources: the platform's store, the set that is bundled with this
//! library, and extra files. A certificate in an extra file is also trusted as a server certificate.

use std::io;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;

use crate::error::{Error, Message, Result};
use crate::runtime::Job;

mod explain;
mod roots;
mod verifier;

pub(crate) use explain::explain_tls;
pub(crate) use roots::ExtraRoots;
pub use roots::RootCounts;
pub(crate) use verifier::{LazyVerifier, LoadedRoots};

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
    let mut config = ClientConfig::builder_with_provider(verifier::provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::internal("TLS cannot be set up").with_source(error))?
        .dangerous() // required for a custom verifier; `LazyVerifier` delegates to rustls's verifier
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests;
