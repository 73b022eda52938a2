//! TLS handshake with the client's verification rules. The peer's certificate is recorded even if it is not trusted.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::header::{HOST, HeaderValue, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, SignatureScheme};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::clock::ClockComparison;
use super::context::DiagnosticContext;
use crate::error::{Error, Name, NetworkPhase, Result};
use crate::tls::{LazyVerifier, RootCounts, client_config};
use crate::transport::{Stream, network_error};

/// Report on a TLS handshake.
#[derive(Debug)]
pub struct HandshakeReport {
    /// The peer's certificate in DER, if one was received.
    pub certificate: Option<Vec<u8>>,
    /// TLS version, such as `TLS 1.3`.
    pub version: Option<String>,
    /// Cipher suite.
    pub cipher: Option<String>,
    /// Error that a client would report, if the handshake failed.
    pub error: Option<Error>,
    /// Comparison with the service's clock, if the certificate was rejected only for its validity period.
    pub clock: Option<ClockComparison>,
    /// Number of trusted root certificates from each source.
    pub roots: RootCounts,
    /// Duration of the handshake.
    pub elapsed: Duration,
}

/// Observations of a [`RecordingVerifier`].
#[derive(Debug, Default)]
struct Observed {
    certificate: Option<Vec<u8>>,
    /// Set if the certificate is invalid only because of its validity period.
    validity_error: Option<rustls::Error>,
}

/// Certificate verifier that wraps the client's verifier and records the peer's certificate.
///
/// If `lenient` is set, the verifier also accepts a certificate whose only problem is its validity period. The
/// diagnostics can then ask the peer for its time, in a request without the key.
///
/// The wrapped verifier checks the validity period first. If the current time is outside this period, the wrapped
/// verifier skips all other checks. To perform them, a lenient verifier repeats the verification for a time at which
/// the certificate is valid.
#[derive(Debug)]
struct RecordingVerifier {
    verifier: Arc<LazyVerifier>,
    lenient: bool,
    observed: Mutex<Observed>,
}

impl RecordingVerifier {
    fn observed(&self) -> std::sync::MutexGuard<'_, Observed> {
        self.observed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        self.observed().certificate = Some(end_entity.to_vec());
        let verified_at = |time| {
            self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, time)
        };
        match verified_at(now) {
            Err(error) if self.lenient => {
                let Some(time) = nearest_valid_time(&error) else { return Err(error) };
                match verified_at(time) {
                    Ok(verified) => {
                        self.observed().validity_error = Some(error);
                        Ok(verified)
                    }
                    Err(_) => Err(error), // Return the first error, because a call reports that one.
                }
            }
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// Returns the time closest to now at which the certificate is valid. Returns `None` if the error is not about the
/// validity period of the certificate.
fn nearest_valid_time(error: &rustls::Error) -> Option<UnixTime> {
    let rustls::Error::InvalidCertificate(reason) = error else { return None };
    match reason {
        CertificateError::ExpiredContext { not_after, .. } => Some(*not_after),
        CertificateError::NotValidYetContext { not_before, .. } => Some(*not_before),
        _ => None,
    }
}

impl DiagnosticContext {
    /// Performs the TLS handshake with the service. If only the validity period of the service's certificate is wrong,
    /// also compares the local clock with the service's clock.
    pub async fn tls_handshake(&self, host: &str, stream: Stream) -> HandshakeReport {
        let (mut report, stream, validity_error) = self.handshake(host, stream, true).await;
        if let (Some(stream), Some(error)) = (stream, validity_error) {
            report.clock = self.fetch_unverified_clock(stream).await;
            report.error = Some(network_error(NetworkPhase::Tls, Box::new(error)));
        }
        report.error = report.error.map(|error| self.explain(error));
        report
    }

    /// Performs the TLS handshake with a proxy. If the handshake fails, the error is returned instead of the stream,
    /// and the report contains no error.
    pub(super) async fn proxy_tls_handshake(
        &self,
        host: &str,
        stream: Stream,
    ) -> (HandshakeReport, Result<Stream>) {
        let (mut report, stream, _) = self.handshake(host, stream, false).await;
        match (stream, report.error.take()) {
            (Some(stream), _) => (report, Ok(stream)),
            (None, Some(error)) => (report, Err(self.explain_next_hop(error))),
            (None, None) => {
                let error = self.step_timeout().into_error(NetworkPhase::Tls);
                (report, Err(self.explain_next_hop(error)))
            }
        }
    }

    async fn handshake(
        &self,
        host: &str,
        stream: Stream,
        lenient: bool,
    ) -> (HandshakeReport, Option<Stream>, Option<rustls::Error>) {
        let (started, limit) = (Instant::now(), self.step_timeout());
        let verifier = Arc::clone(&self.verifier);
        let verifier = Arc::new(RecordingVerifier { verifier, lenient, observed: Mutex::default() });
        let (roots, prepared) = match self.load_roots().await {
            Ok(roots) => (roots, connector(&verifier, host)),
            Err(error) => (RootCounts::default(), Err(error)),
        };
        let result = match prepared {
            Ok((connector, name)) => match timeout(limit.duration, connector.connect(name, stream)).await {
                Ok(Ok(stream)) => Ok(stream),
                Ok(Err(error)) => Err(network_error(NetworkPhase::Tls, Box::new(error))),
                Err(_) => Err(limit.into_error(NetworkPhase::Tls)),
            },
            Err(error) => Err(error),
        };
        let observed = std::mem::take(&mut *verifier.observed());
        let mut report = HandshakeReport {
            certificate: observed.certificate,
            version: None,
            cipher: None,
            error: None,
            clock: None,
            roots,
            elapsed: started.elapsed(),
        };
        match result {
            Ok(stream) => {
                let (_, session) = stream.get_ref();
                let display_name = |name: &str| name.replace("TLSv1_", "TLS 1.").replace("TLS13_", "TLS_");
                report.version = session
                    .protocol_version()
                    .map(|version| display_name(version.as_str().unwrap_or_default()));
                report.cipher = session
                    .negotiated_cipher_suite()
                    .map(|suite| display_name(suite.suite().as_str().unwrap_or_default()));
                (report, Some(Stream::new(stream)), observed.validity_error)
            }
            Err(error) => {
                report.error = Some(error);
                (report, None, None)
            }
        }
    }

    /// Loads the root certificates. Returns their numbers.
    async fn load_roots(&self) -> Result<RootCounts> {
        let limit = self.step_timeout();
        let loading = self.verifier.start_loading().map_err(|error| Error::out_of_resources(error.into()))?;
        match timeout(limit.duration, loading.result()).await {
            Ok(Some(loaded)) => Ok(loaded.counts.clone()),
            Ok(None) => Err(Error::internal("the loading of the certificates has panicked")),
            Err(_) => Err(limit.into_error(NetworkPhase::Tls).with_hint(self.verifier.loading_hint())),
        }
    }

    /// Returns the value of the `Host` header: the service's host, and its port unless that is the default port.
    fn authority(&self) -> String {
        let url = &self.config.base_url;
        let host = url.host_str().unwrap_or_default();
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Sends a request without a key over a connection to an unverified server and reads the `Date` of its response.
    async fn fetch_unverified_clock(&self, stream: Stream) -> Option<ClockComparison> {
        let limit = self.step_timeout();
        let fetch = async {
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
            let mut connections = JoinSet::new(); // Dropping the set aborts the connection task.
            connections.spawn(connection);
            let mut request = Request::new(String::new());
            *request.method_mut() = Method::HEAD;
            request.headers_mut().insert(HOST, HeaderValue::from_str(&self.authority()).ok()?);
            request.headers_mut().insert(USER_AGENT, HeaderValue::from_str(&self.config.user_agent).ok()?);
            let started = Instant::now();
            let response = sender.send_request(request).await;
            let clock = ClockComparison::from_headers(response.ok()?.headers(), started.elapsed())?;
            Some(ClockComparison { unverified: true, ..clock })
        };
        timeout(limit.duration, fetch).await.ok()?
    }
}

fn connector(verifier: &Arc<RecordingVerifier>, host: &str) -> Result<(TlsConnector, ServerName<'static>)> {
    let config = client_config(Arc::clone(verifier) as Arc<dyn ServerCertVerifier>)?;
    let name = ServerName::try_from(host.to_owned()).map_err(|error| {
        let problem = Name("base_url") + " has a host that cannot have a certificate";
        Error::configuration(Name("base_url"), problem, "check the host").with_source(error)
    })?;
    Ok((TlsConnector::from(Arc::new(config)), name))
}
