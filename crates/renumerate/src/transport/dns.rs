//! DNS lookup of the host to which a client connects.
//!
//! The lookup uses the system's resolver, which cannot be cancelled. If a lookup takes longer than an attempt, the next
//! attempt waits for the same lookup. Otherwise, each attempt would start from the beginning, and a slow name server
//! would make all of them fail.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::runtime::Job;

/// Time for which the addresses of a lookup are used. It is short, because the name can move to another address.
const FRESH_FOR: Duration = Duration::from_secs(5);

/// Time after which a lookup counts as stuck, for example because the network has changed. The next call then starts
/// another one.
const STUCK_AFTER: Duration = Duration::from_secs(10);

/// Maximum number of stuck lookups, each of which has a thread. Beyond that, calls wait for the latest lookup.
const MAX_STUCK: usize = 3;

/// Result of a lookup, and the time of its end.
pub(super) type Answer = (Arc<io::Result<Vec<SocketAddr>>>, Instant);

/// Resolver of one host and port. All calls of a client share it, and so they share its lookups.
#[derive(Debug)]
pub(super) struct Resolver {
    host: String,
    port: u16,
    lookups: Mutex<Lookups>,
}

#[derive(Debug, Default)]
struct Lookups {
    /// The latest lookup, and the time of its start.
    latest: Option<(Job<Answer>, Instant)>,
    /// Earlier lookups that have not ended.
    stuck: Vec<Job<Answer>>,
}

impl Resolver {
    pub(super) fn new(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port, lookups: Mutex::default() }
    }

    /// Joins the lookup that is running or has ended recently, or starts one. An IP address needs no lookup.
    ///
    /// # Errors
    ///
    /// The system's error if no thread can be started.
    pub(super) fn start_lookup(&self) -> io::Result<Lookup> {
        if let Ok(address) = self.host.parse::<IpAddr>() {
            return Ok(Lookup::Address(SocketAddr::new(address, self.port)));
        }
        let mut lookups = self.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        let Lookups { latest, stuck } = &mut *lookups;
        stuck.retain(|lookup| lookup.peek().is_none() && !lookup.is_lost());
        if let Some((lookup, started)) = latest.as_ref() {
            let is_stuck =
                lookup.peek().is_none() && started.elapsed() > STUCK_AFTER && stuck.len() < MAX_STUCK;
            if is_usable(lookup) && !is_stuck {
                return Ok(Lookup::Name(lookup.clone()));
            }
            stuck.push(lookup.clone());
        }
        let (host, port) = (self.host.clone(), self.port);
        let lookup = Job::start("renumerate-dns", move || {
            let addresses = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
            (Arc::new(addresses), Instant::now())
        })?;
        *latest = Some((lookup.clone(), Instant::now()));
        Ok(Lookup::Name(lookup))
    }

    /// Forgets the addresses, because none of them accepts connections. The next call looks the host up again.
    pub(super) fn forget(&self) {
        let mut lookups = self.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        lookups.latest.take_if(|(lookup, _)| lookup.peek().is_some());
    }
}

/// The lookup of a host.
#[derive(Debug)]
pub(super) enum Lookup {
    /// The host is an IP address.
    Address(SocketAddr),
    /// The host is a name.
    Name(Job<Answer>),
}

impl Lookup {
    /// Waits for the addresses.
    ///
    /// # Errors
    ///
    /// The resolver's error.
    pub(super) async fn addresses(self) -> io::Result<Vec<SocketAddr>> {
        let lookup = match self {
            Self::Address(address) => return Ok(vec![address]),
            Self::Name(lookup) => lookup,
        };
        let Some((answer, _)) = lookup.result().await else {
            return Err(io::Error::other("the lookup has panicked"));
        };
        match answer.as_ref() {
            Ok(addresses) => Ok(addresses.clone()),
            // `io::Error` cannot be cloned. Its code, or else its kind and its text, are all that callers use.
            Err(error) => Err(error.raw_os_error().map_or_else(
                || io::Error::new(error.kind(), error.to_string()),
                io::Error::from_raw_os_error,
            )),
        }
    }
}

/// Returns whether the lookup is still running, or has found addresses within [`FRESH_FOR`].
fn is_usable(lookup: &Job<Answer>) -> bool {
    match lookup.peek() {
        Some((answer, ended)) => answer.is_ok() && ended.elapsed() < FRESH_FOR,
        None => !lookup.is_lost(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn addresses_are_reused_until_they_are_forgotten() {
        let resolver = Resolver::new("localhost", 80);
        assert!(
            resolver
                .start_lookup()
                .unwrap()
                .addresses()
                .await
                .unwrap()
                .iter()
                .all(|address| address.ip().is_loopback())
        );
        let ended = |resolver: &Resolver| {
            resolver.lookups.lock().unwrap().latest.as_ref().unwrap().0.peek().unwrap().1
        };
        let first = ended(&resolver);
        resolver.start_lookup().unwrap().addresses().await.unwrap();
        assert_eq!(ended(&resolver), first);
        resolver.forget();
        resolver.start_lookup().unwrap().addresses().await.unwrap();
        assert_ne!(ended(&resolver), first);
    }

    /// Rules: S5
    #[tokio::test]
    async fn running_lookup_serves_later_attempts_and_is_not_forgotten() {
        let resolver = Resolver::new("made-up.invalid", 80);
        let (release, released) = std::sync::mpsc::channel::<Answer>();
        let job = Job::start("test", move || released.recv().unwrap()).unwrap();
        resolver.lookups.lock().unwrap().latest = Some((job, Instant::now()));
        let first =
            tokio::time::timeout(Duration::from_millis(20), resolver.start_lookup().unwrap().addresses())
                .await;
        assert!(first.is_err());
        resolver.forget();
        let address = SocketAddr::from(([127, 0, 0, 1], 80));
        release.send((Arc::new(Ok(vec![address])), Instant::now())).unwrap();
        assert_eq!(resolver.start_lookup().unwrap().addresses().await.unwrap(), [address]);
    }
    /// Rules: S5
    #[tokio::test]
    async fn stuck_lookup_is_replaced_a_few_times() {
        let resolver = Resolver::new("localhost", 80);
        let (_release, released) = std::sync::mpsc::channel::<Answer>();
        let released = Arc::new(Mutex::new(released));
        let make_stuck = || {
            let released = Arc::clone(&released);
            let job = Job::start("test", move || released.lock().unwrap().recv().unwrap()).unwrap();
            let started = Instant::now().checked_sub(STUCK_AFTER * 2).unwrap();
            resolver.lookups.lock().unwrap().latest = Some((job, started));
        };
        for _ in 0..MAX_STUCK {
            make_stuck();
            assert!(!resolver.start_lookup().unwrap().addresses().await.unwrap().is_empty());
        }
        make_stuck();
        let waiting = resolver.start_lookup().unwrap().addresses();
        assert!(tokio::time::timeout(Duration::from_millis(20), waiting).await.is_err());
        assert_eq!(resolver.lookups.lock().unwrap().stuck.len(), MAX_STUCK);
    }
}
