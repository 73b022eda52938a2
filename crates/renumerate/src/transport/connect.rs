//! Opens connections to the service: DNS lookup, TCP, a proxy's tunnel, and TLS.

use std::error::Error as StdError;
use std::time::Instant as StdInstant;

use http::HeaderValue;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::dns::Resolver;
use super::failure::Failure;
use super::pool::Connection;
use super::settings::http1;
use super::stream::Stream;
use super::{tcp, tunnel};
use crate::config::{Config, ProxyServer, unbracketed};
use crate::error::{Error, Message, Name, NetworkPhase, Result};
use crate::tls::TlsSettings;

/// Opens connections to the service.
#[derive(Debug)]
pub(super) struct Connector {
    resolver: Resolver,
    proxy: Option<ProxyServer>,
    tls: TlsSettings,
    /// Name that the service's certificate must have, or `None` if the base URL has `http://`.
    service_name: Option<ServerName<'static>>,
    /// Host and port of the service, for the proxy.
    authority: String,
    user_agent: HeaderValue,
}

type ConnectResult<T> = std::result::Result<T, Failure>;

impl Connector {
    /// Creates a connector for the base URL.
    ///
    /// # Errors
    ///
    /// A configuration error if the host cannot be used.
    pub(super) fn new(config: &Config, tls: TlsSettings, user_agent: HeaderValue) -> Result<Self> {
        let (url, proxy) = (&config.base_url, config.route.proxy().cloned());
        let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
        let service_name = match url.scheme() {
            "https" => Some(server_name(host).map_err(|error| {
                let problem = Name("base_url") + " has a host that cannot have a certificate";
                Error::configuration(Name("base_url"), problem, "check the host").with_source(error)
            })?),
            _ => None,
        };
        let resolver = match &proxy {
            Some(proxy) => Resolver::new(&proxy.host, proxy.port),
            None => Resolver::new(unbracketed(host), port),
        };
        Ok(Self { resolver, proxy, tls, service_name, authority: format!("{host}:{port}"), user_agent })
    }

    /// Returns the proxy that forwards requests. A proxy forwards only requests without TLS; for the others it opens a
    /// tunnel.
    pub(super) fn forwarding_proxy(&self) -> Option<&ProxyServer> {
        self.proxy.as_ref().filter(|_| self.service_name.is_none())
    }

    /// Opens a connection by the deadline.
    pub(super) async fn connect(&self, deadline: Instant) -> ConnectResult<Connection> {
        let started = StdInstant::now();
        let opened = self.open(deadline).await;
        let elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let outcome = if opened.is_ok() { "success" } else { "network" };
        tracing::trace!(target: "renumerate", outcome, elapsed_us, "connection attempt ended");
        opened
    }

    async fn open(&self, deadline: Instant) -> ConnectResult<Connection> {
        // Start this first: the roots are loaded while the host is looked up and the TCP connection is opened.
        let roots = self.uses_tls().then(|| self.tls.start_loading_roots()).transpose();
        let roots = roots.map_err(Failure::NoThread)?;
        let tcp = Box::pin(self.open_tcp(deadline)).await;
        let tcp = if self.proxy.is_some() { tcp.map_err(of_proxy)? } else { tcp? };
        if let Some(roots) = roots {
            match timeout_at(deadline, roots.result()).await {
                Ok(loaded) => loaded.iter().for_each(|loaded| loaded.log_once()),
                Err(_) => return Err(Failure::Timeout(NetworkPhase::Tls, Some(self.tls.loading_hint()))),
            }
        }
        let stream = Box::pin(self.secure(Stream::new(tcp), deadline)).await?;
        let handshake = http1().handshake(TokioIo::new(stream)).await;
        let (sender, connection) =
            handshake.map_err(|error| Failure::network(NetworkPhase::Connect, error))?;
        let (report, failure) = oneshot::channel();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                let _nobody_waits = report.send(error);
            }
        });
        Ok(Connection::new(sender, failure))
    }

    async fn open_tcp(&self, deadline: Instant) -> ConnectResult<TcpStream> {
        let lookup = self.resolver.start_lookup().map_err(Failure::NoThread)?;
        let addresses = timeout_at(deadline, lookup.addresses())
            .await
            .map_err(|_| Failure::Timeout(NetworkPhase::Dns, Some(Message::from(DNS_HINT))))?
            .map_err(Failure::of_lookup)?;
        let connected = timeout_at(deadline, tcp::connect(addresses)).await;
        if !matches!(connected, Ok(Ok(_))) {
            self.resolver.forget();
        }
        connected
            .map_err(|_| Failure::Timeout(NetworkPhase::Connect, None))?
            .map_err(|error| Failure::network(NetworkPhase::Connect, error))
    }

    /// Opens the proxy's tunnel and TLS on a new TCP connection, as far as the route has them.
    async fn secure(&self, mut stream: Stream, deadline: Instant) -> ConnectResult<Stream> {
        if let Some(proxy) = &self.proxy {
            if proxy.uses_tls {
                let name = server_name(&proxy.host);
                let name = name.map_err(|error| of_proxy(Failure::network(NetworkPhase::Tls, error)))?;
                stream = self.handshake(name, stream, deadline).await.map_err(of_proxy)?;
            }
            if self.service_name.is_some() {
                let credentials = proxy.credentials.as_ref();
                let opened = tunnel::open(stream, &self.authority, credentials, &self.user_agent);
                (stream, _) = by(deadline, NetworkPhase::Connect, opened).await.map_err(of_proxy)?;
            }
        }
        match &self.service_name {
            Some(name) => self.handshake(name.clone(), stream, deadline).await,
            None => Ok(stream),
        }
    }

    async fn handshake(
        &self,
        name: ServerName<'static>,
        stream: Stream,
        deadline: Instant,
    ) -> ConnectResult<Stream> {
        let connecting = TlsConnector::from(self.tls.config()).connect(name, stream);
        Box::pin(by(deadline, NetworkPhase::Tls, connecting)).await.map(Stream::new)
    }

    fn uses_tls(&self) -> bool {
        self.service_name.is_some() || self.proxy.as_ref().is_some_and(|proxy| proxy.uses_tls)
    }
}

const DNS_HINT: &str = "check this machine's DNS";

/// Runs a phase of the connection by the deadline.
async fn by<T, E: StdError + Send + Sync + 'static>(
    deadline: Instant,
    phase: NetworkPhase,
    work: impl Future<Output = std::result::Result<T, E>>,
) -> ConnectResult<T> {
    let done = timeout_at(deadline, work).await.map_err(|_| Failure::Timeout(phase, None))?;
    done.map_err(|error| Failure::network(phase, error))
}

fn of_proxy(failure: Failure) -> Failure {
    Failure::OfProxy(Box::new(failure))
}

fn server_name(
    host: &str,
) -> std::result::Result<ServerName<'static>, rustls::pki_types::InvalidDnsNameError> {
    ServerName::try_from(unbracketed(host).to_owned())
}
