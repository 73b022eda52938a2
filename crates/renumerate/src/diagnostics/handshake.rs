//! A TLS handshake that is looked at: by the client's own rules, and with the certificate kept whether it is trusted or not.

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

use super::clock::Clock;
use super::setup::DiagnosticContext;
use super::stream::Stream;
use crate::error::{Error, NetworkPhase, Result};
use crate::tls::{LazyVerifier, client_config_with};
use crate::transport::network_error;

/// What became of a handshake.
#[derive(Debug)]
pub struct Handshake {
    /// The peer's certificate in DER, where one came.
    pub certificate: Option<Vec<u8>>,
    /// The version of TLS.
    pub version: Option<String>,
    /// The cipher suite.
    pub cipher: Option<String>,
    /// Why the client would not go on.
    pub error: Option<Error>,
    /// The service's clock, where this machine's may be why the certificate is not valid.
    pub clock: Option<Clock>,
    /// How long the handshake took.
    pub elapsed: Duration,
}

/// What the verifier saw.
#[derive(Debug, Default)]
struct Observed {
    certificate: Option<Vec<u8>>,
    /// The certificate is one that only the time is against.
    validity_error: Option<rustls::Error>,
}

/// The client's verifier, watched. It lets a certificate pass that only the time is against, to ask for the peer's
/// clock: what goes over that connection is a question without a key. The time is what is looked at first, so that of such
/// a certificate the rest has still to be verified: at a time when it was valid.
#[derive(Debug)]
struct RecordingVerifier {
    verifier: Arc<LazyVerifier>,
    lenient: bool,
    sight: Mutex<Observed>,
}

impl RecordingVerifier {
    fn sight(&self) -> std::sync::MutexGuard<'_, Observed> {
        self.sight.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.sight().certificate = Some(end_entity.to_vec());
        let verified_at = |time| {
            self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, time)
        };
        match verified_at(now) {
            Err(error) if self.lenient => {
                let Some(valid) = valid_time(&error) else { return Err(error) };
                match verified_at(valid) {
                    Ok(verified) => {
                        self.sight().validity_error = Some(error);
                        Ok(verified)
                    }
                    Err(_) => Err(error), // What a call would be told.
                }
            }
            verdict => verdict,
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

/// The time that is closest_match to now of those at which the certificate is valid, where the time is against it.
fn valid_time(error: &rustls::Error) -> Option<UnixTime> {
    let rustls::Error::InvalidCertificate(flaw) = error else { return None };
    match flaw {
        CertificateError::ExpiredContext { not_after, .. } => Some(*not_after),
        CertificateError::NotValidYetContext { not_before, .. } => Some(*not_before),
        _ => None,
    }
}

impl DiagnosticContext {
    /// Shakes hands with the service.
    pub async fn shake_hands(&self, host: &str, stream: Stream) -> Handshake {
        let (mut handshake, stream, validity_error) = self.handshake(host, stream, true).await;
        if let (Some(stream), Some(error)) = (stream, validity_error) {
            handshake.clock = self.ask_for_the_time(stream).await;
            handshake.error = Some(network_error(NetworkPhase::Tls, Box::new(error)));
        }
        handshake
    }

    /// Shakes hands with a proxy, to go on through it.
    pub(super) async fn shake_hands_with_proxy(
        &self,
        host: &str,
        stream: Stream,
    ) -> (Handshake, Result<Stream>) {
        let (mut handshake, stream, _) = self.handshake(host, stream, false).await;
        match (stream, handshake.error.take()) {
            (Some(stream), _) => (handshake, Ok(stream)),
            (None, Some(error)) => (handshake, Err(error)),
            (None, None) => (handshake, Err(self.step().passed())),
        }
    }

    async fn handshake(
        &self,
        host: &str,
        stream: Stream,
        lenient: bool,
    ) -> (Handshake, Option<Stream>, Option<rustls::Error>) {
        let (started, limit) = (Instant::now(), self.step());
        let verifier = Arc::clone(&self.verifier);
        let witness = Arc::new(RecordingVerifier { verifier, lenient, sight: Mutex::default() });
        let shaken = match connector(&witness, host) {
            Ok((connector, name)) => match timeout(limit.time, connector.connect(name, stream)).await {
                Ok(Ok(stream)) => Ok(stream),
                Ok(Err(error)) => Err(network_error(NetworkPhase::Tls, Box::new(error))),
                Err(_) => Err(limit.passed()),
            },
            Err(error) => Err(error),
        };
        let sight = std::mem::take(&mut *witness.sight());
        let mut handshake = Handshake {
            certificate: sight.certificate,
            version: None,
            cipher: None,
            error: None,
            clock: None,
            elapsed: started.elapsed(),
        };
        match shaken {
            Ok(stream) => {
                let (_, session) = stream.get_ref();
                let name = |name: &str| name.replace("TLSv1_", "TLS 1.").replace("TLS13_", "TLS_");
                handshake.version =
                    session.protocol_version().map(|version| name(version.as_str().unwrap_or_default()));
                handshake.cipher = session
                    .negotiated_cipher_suite()
                    .map(|suite| name(suite.suite().as_str().unwrap_or_default()));
                (handshake, Some(Stream::new(stream)), sight.validity_error)
            }
            Err(error) => {
                handshake.error = Some(error);
                (handshake, None, None)
            }
        }
    }

    /// The service's host, and its port where it is not the scheme's own, as a request names them.
    fn authority(&self) -> String {
        let url = &self.config.base_url;
        let host = url.host_str().unwrap_or_default();
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// A request without a key, for the `Date` of its answer.
    async fn ask_for_the_time(&self, stream: Stream) -> Option<Clock> {
        let limit = self.step();
        let asking = async {
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
            let mut connections = JoinSet::new(); // It ends with this, whatever ends this.
            connections.spawn(connection);
            let mut request = Request::new(String::new());
            *request.method_mut() = Method::HEAD;
            request.headers_mut().insert(HOST, HeaderValue::from_str(&self.authority()).ok()?);
            request.headers_mut().insert(USER_AGENT, HeaderValue::from_str(&self.config.user_agent).ok()?);
            let asked = Instant::now();
            let answer = sender.send_request(request).await;
            let clock = Clock::read(answer.ok()?.headers(), asked.elapsed())?;
            Some(Clock { unverified: true, ..clock })
        };
        timeout(limit.time, asking).await.ok()?
    }
}

fn connector(witness: &Arc<RecordingVerifier>, host: &str) -> Result<(TlsConnector, ServerName<'static>)> {
    let config = client_config_with(Arc::clone(witness) as Arc<dyn ServerCertVerifier>)?;
    let name = ServerName::try_from(host.to_owned()).map_err(|error| {
        Error::configuration("base_url", "base_url has a host that can't have a certificate: check it")
            .with_source(error)
    })?;
    Ok((TlsConnector::from(Arc::new(config)), name))
}
