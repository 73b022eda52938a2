//! TCP connections: the order and the timing of the attempts to connect, and the socket options.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Time after which the next address is tried while the attempts before it are still running, as in RFC 8305.
const STAGGER: Duration = Duration::from_millis(200);

/// Time after which the system checks whether the peer of a silent connection still exists.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Time after which the system closes a connection whose peer does not acknowledge what was sent.
#[cfg(any(target_os = "linux", target_os = "android"))]
const USER_TIMEOUT: Duration = Duration::from_secs(5);

/// Connects to the first address that accepts a connection.
///
/// The attempts are staggered: an address that does not answer delays the next address by [`STAGGER`] only. If an
/// attempt fails, the next one starts at once.
///
/// # Errors
///
/// The first error, if no address accepts a connection.
pub(super) async fn connect(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    if let [address] = addresses.as_slice() {
        return open(*address).await;
    }
    let mut waiting = alternate_families(addresses).into_iter();
    let mut attempts = JoinSet::new(); // Dropping the set ends the attempts that are not needed any more.
    let mut first_error = None;
    loop {
        if let Some(address) = waiting.next() {
            attempts.spawn(open(address));
        }
        let stagger = if waiting.len() == 0 { Duration::MAX } else { STAGGER };
        match timeout(stagger, attempts.join_next()).await {
            Ok(Some(Ok(Ok(connection)))) => return Ok(connection),
            Ok(Some(Ok(Err(error)))) => first_error = first_error.or(Some(error)),
            Ok(None) if waiting.len() == 0 => {
                let no_address = || io::Error::new(io::ErrorKind::NotFound, "the name has no address");
                return Err(first_error.unwrap_or_else(no_address));
            }
            _ => {} // time for the next address
        }
    }
}

/// Alternates between the address families, and starts with the family of the first address. So if one family does not
/// work at all, the second attempt already uses the other one.
fn alternate_families(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let starts_with_v4 = addresses.first().is_some_and(SocketAddr::is_ipv4);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv4() == starts_with_v4);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    std::iter::from_fn(|| Some([first.next(), second.next()]))
        .take_while(|pair| pair.iter().any(Option::is_some))
        .flatten()
        .flatten()
        .collect()
}

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    let socket = SockRef::from(&stream);
    let keep_alive = TcpKeepalive::new().with_time(KEEP_ALIVE).with_interval(KEEP_ALIVE);
    // A connection works without these options, which not every system has.
    let _optional = (socket.set_tcp_nodelay(true), socket.set_tcp_keepalive(&keep_alive));
    // Set this after the connection is open, because the option would also limit the time for opening it.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _optional = socket.set_tcp_user_timeout(Some(USER_TIMEOUT));
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[test]
    fn families_alternate_and_keep_their_order() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let all = ["[::1]:1", "[::2]:1", "[::3]:1", "127.0.0.1:1", "127.0.0.2:1"].map(address);
        let expected = ["[::1]:1", "127.0.0.1:1", "[::2]:1", "127.0.0.2:1", "[::3]:1"].map(address);
        assert_eq!(alternate_families(all.to_vec()), expected);
        assert!(alternate_families(Vec::new()).is_empty());
    }

    /// Rules: S11
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn sockets_detect_dead_peers() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = connect(vec![listener.local_addr().unwrap()]).await.unwrap();
        let socket = SockRef::from(&stream);
        assert!(stream.nodelay().unwrap() && socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), KEEP_ALIVE);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(USER_TIMEOUT));
    }

    #[tokio::test]
    async fn refused_addresses_do_not_delay_the_next_one() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let refused = SocketAddr::from(([127, 0, 0, 1], 1));
        let addresses = vec![refused, refused, listener.local_addr().unwrap()];
        let connection = connect(addresses).await.unwrap();
        assert_eq!(connection.peer_addr().unwrap(), listener.local_addr().unwrap());
        assert_eq!(connect(vec![refused; 3]).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(connect(Vec::new()).await.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
