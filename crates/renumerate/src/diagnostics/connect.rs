//! DNS lookup of a host, and TCP connections to all of its addresses.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::context::{DiagnosticContext, StepTimeout};
use crate::error::{NetworkPhase, Result};
use crate::transport::network_error;

/// Report on a DNS lookup.
#[derive(Debug)]
pub struct DnsReport {
    /// Addresses in the order of the DNS response.
    pub addresses: Result<Vec<SocketAddr>>,
    /// Whether the host is an IP address, which needs no lookup.
    pub is_address: bool,
    /// Duration of the lookup.
    pub elapsed: Duration,
}

/// Report on the connections to all addresses of a host.
#[derive(Debug)]
pub struct ConnectReport {
    /// One attempt per address, in the order of the addresses.
    pub attempts: Vec<ConnectAttempt>,
    /// Connection to the first address that accepted one.
    pub stream: Option<TcpStream>,
}

/// Report on one TCP connection.
#[derive(Debug)]
pub struct ConnectAttempt {
    /// Remote address.
    pub address: SocketAddr,
    /// Error, if the connection failed.
    pub error: Option<crate::Error>,
    /// Duration of the attempt.
    pub elapsed: Duration,
}

impl DiagnosticContext {
    /// Resolves a host name, as the client does.
    pub async fn resolve_host(&self, host: &str, port: u16) -> DnsReport {
        let (started, limit) = (Instant::now(), self.step_timeout());
        let addresses = match timeout(limit.duration, lookup_host((host, port))).await {
            Ok(Ok(addresses)) => Ok(addresses.collect::<Vec<_>>()),
            Ok(Err(error)) => Err(network_error(NetworkPhase::Dns, Box::new(error))),
            Err(_) => Err(limit.into_error(NetworkPhase::Dns)),
        };
        let addresses = match addresses {
            Ok(addresses) if addresses.is_empty() => {
                Err(network_error(NetworkPhase::Dns, "the name has no address".into()))
            }
            other => other,
        };
        let addresses = addresses.map_err(|error| self.explain_next_hop(error));
        DnsReport { addresses, is_address: host.parse::<IpAddr>().is_ok(), elapsed: started.elapsed() }
    }

    /// Opens a connection to each address. All attempts run in parallel, so the total time is that of the slowest one.
    pub async fn connect(&self, addresses: &[SocketAddr]) -> ConnectReport {
        let limit = self.step_timeout();
        let mut attempts = JoinSet::new();
        for (index, address) in addresses.iter().copied().enumerate() {
            attempts.spawn(async move { (index, connect(address, limit).await) });
        }
        let mut done = Vec::with_capacity(addresses.len());
        while let Some(connected) = attempts.join_next().await {
            done.extend(connected);
        }
        done.sort_by_key(|(index, _)| *index);
        let mut report = ConnectReport { attempts: Vec::with_capacity(done.len()), stream: None };
        for (_, (mut attempt, stream)) in done {
            attempt.error = attempt.error.map(|error| self.explain_next_hop(error));
            report.attempts.push(attempt);
            report.stream = report.stream.or(stream);
        }
        report
    }
}

async fn connect(address: SocketAddr, limit: StepTimeout) -> (ConnectAttempt, Option<TcpStream>) {
    let started = Instant::now();
    let (error, stream) = match timeout(limit.duration, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => (None, Some(stream)),
        Ok(Err(error)) => (Some(network_error(NetworkPhase::Connect, Box::new(error))), None),
        Err(_) => (Some(limit.into_error(NetworkPhase::Connect)), None),
    };
    (ConnectAttempt { address, error, elapsed: started.elapsed() }, stream)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientBuilder;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn connect_returns_the_first_listening_address_and_tries_all() {
        let context =
            DiagnosticContext::new(ClientBuilder::default().private_key("sk_live_planted")).unwrap();
        let listen = || async { TcpListener::bind("127.0.0.1:0").await.unwrap() };
        let listening = (listen().await, listen().await);
        let (first, second) = (listening.0.local_addr().unwrap(), listening.1.local_addr().unwrap());
        let closed: SocketAddr = "127.0.0.1:1".parse().unwrap();
        let addresses = [closed, first, second, closed];
        let ConnectReport { attempts, stream } = context.connect(&addresses).await;
        assert_eq!(attempts.iter().map(|attempt| attempt.address).collect::<Vec<_>>(), addresses);
        let connected: Vec<bool> = attempts.iter().map(|attempt| attempt.error.is_none()).collect();
        assert_eq!(connected, [false, true, true, false]);
        assert_eq!(stream.unwrap().peer_addr().unwrap(), first);
    }
}
