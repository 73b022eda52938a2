//! The way to a host: its addresses, and which of them take a connection.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::setup::{DiagnosticContext, Limit};
use crate::error::{NetworkPhase, Result};
use crate::transport::network_error;

/// What became of a look-up.
#[derive(Debug)]
pub struct DnsReport {
    /// The addresses, in the order of the answer.
    pub addresses: Result<Vec<SocketAddr>>,
    /// The host is an address itself.
    pub is_address: bool,
    /// How long it took.
    pub elapsed: Duration,
}

/// What became of the connections.
#[derive(Debug)]
pub struct ConnectReport {
    /// Each address, in their order.
    pub tried: Vec<ConnectAttempt>,
    /// The connection to the first of them that took one.
    pub stream: Option<TcpStream>,
}

/// What became of one connection.
#[derive(Debug)]
pub struct ConnectAttempt {
    /// To this address.
    pub address: SocketAddr,
    /// Why there is none.
    pub error: Option<crate::Error>,
    /// How long it took.
    pub elapsed: Duration,
}

impl DiagnosticContext {
    /// Looks a host up, as the client does.
    pub async fn look_up(&self, host: &str, port: u16) -> DnsReport {
        let (started, limit) = (Instant::now(), self.step());
        let addresses = match timeout(limit.time, lookup_host((host, port))).await {
            Ok(Ok(addresses)) => Ok(addresses.collect::<Vec<_>>()),
            Ok(Err(error)) => Err(network_error(NetworkPhase::Dns, Box::new(error))),
            Err(_) => Err(limit.passed()),
        };
        let addresses = match addresses {
            Ok(none) if none.is_empty() => {
                Err(network_error(NetworkPhase::Dns, "the name has no address".into()))
            }
            other => other,
        };
        DnsReport { addresses, is_address: host.parse::<IpAddr>().is_ok(), elapsed: started.elapsed() }
    }

    /// Opens a connection to each of the addresses, all at once, so that the slow ones do not add up.
    pub async fn connect(&self, addresses: &[SocketAddr]) -> ConnectReport {
        let limit = self.step();
        let mut connecting = JoinSet::new();
        for (place, address) in addresses.iter().copied().enumerate() {
            connecting.spawn(async move { (place, connect(address, limit).await) });
        }
        let mut done = Vec::with_capacity(addresses.len());
        while let Some(connected) = connecting.join_next().await {
            done.extend(connected);
        }
        done.sort_by_key(|(place, _)| *place);
        let mut reached = ConnectReport { tried: Vec::with_capacity(done.len()), stream: None };
        for (_, (tried, stream)) in done {
            reached.tried.push(tried);
            reached.stream = reached.stream.or(stream);
        }
        reached
    }
}

async fn connect(address: SocketAddr, limit: Limit) -> (ConnectAttempt, Option<TcpStream>) {
    let started = Instant::now();
    let (error, stream) = match timeout(limit.time, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => (None, Some(stream)),
        Ok(Err(error)) => (Some(network_error(NetworkPhase::Connect, Box::new(error))), None),
        Err(_) => (Some(limit.passed()), None),
    };
    (ConnectAttempt { address, error, elapsed: started.elapsed() }, stream)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientBuilder;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn the_first_address_that_takes_a_connection_is_the_one() {
        let setup = DiagnosticContext::new(ClientBuilder::default().private_key("sk_live_planted")).unwrap();
        let listen = || async { TcpListener::bind("127.0.0.1:0").await.unwrap() };
        let listening = (listen().await, listen().await);
        let (first, second) = (listening.0.local_addr().unwrap(), listening.1.local_addr().unwrap());
        let closed: SocketAddr = "127.0.0.1:1".parse().unwrap();
        let addresses = [closed, first, second, closed];
        let ConnectReport { tried, stream } = setup.connect(&addresses).await;
        assert_eq!(tried.iter().map(|one| one.address).collect::<Vec<_>>(), addresses);
        let connected: Vec<bool> = tried.iter().map(|one| one.error.is_none()).collect();
        assert_eq!(connected, [false, true, true, false]);
        assert_eq!(stream.unwrap().peer_addr().unwrap(), first);
    }
}
