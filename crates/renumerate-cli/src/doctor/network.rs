//! The `dns`, `tcp` and `tunnel` checks, which connect to the service, directly or through a proxy.

use std::net::SocketAddr;

use renumerate::ErrorKind;
use renumerate::diagnostics::{
    ConnectAttempt, ConnectReport, DiagnosticContext, Proxy, ServiceRoute, Stream, TunnelReport, Via,
};
use serde_json::{Value, json};

use super::certificate::Certificate;
use super::check::{Check, millis};

/// Resolves the host of the proxy or, if no proxy is used, of the service. Returns the `dns` check and the host's
/// addresses.
pub(crate) async fn dns(
    context: &DiagnosticContext,
    route: &ServiceRoute,
) -> (Check, Option<Vec<SocketAddr>>) {
    let (host, port) = route.next_hop();
    let lookup = context.resolve_host(host, port).await;
    match lookup.addresses {
        Ok(addresses) => {
            let list: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
            let seen = if lookup.is_address {
                format!("{host} is an IP address, which needs no DNS lookup")
            } else {
                format!("{host} resolves to {}", list.join(", "))
            };
            let seen = match &route.via {
                Via::Proxy(_) => format!("{seen}; the proxy resolves {}", route.host),
                Via::Direct { .. } => seen,
            };
            let check = Check::ok("dns", seen).fact("host", host).fact("addresses", list);
            (check.with_elapsed(lookup.elapsed), Some(addresses))
        }
        Err(error) => {
            let check = Check::failed("dns", &error).fact("host", host);
            (check.with_elapsed(lookup.elapsed), None)
        }
    }
}

/// Tries to connect to each address. Returns the `tcp` check, and a connection if at least one attempt succeeded.
pub(crate) async fn tcp(context: &DiagnosticContext, addresses: &[SocketAddr]) -> (Check, Option<Stream>) {
    let ConnectReport { attempts, stream } = context.connect(addresses).await;
    let descriptions = attempts.iter().map(|attempt| match failure_reason(attempt) {
        None => format!("{} connected in {} ms", attempt.address, millis(attempt.elapsed)),
        Some(reason) => format!("{}: {reason}", attempt.address),
    });
    let seen = descriptions.collect::<Vec<_>>().join(", ");
    let facts: Vec<Value> = attempts.iter().map(attempt_to_json).collect();
    let timed_out = |attempt: &ConnectAttempt| {
        attempt.error.as_ref().is_some_and(|error| error.kind() == ErrorKind::Timeout)
    };
    let any_timed_out = attempts.iter().any(timed_out);
    let first_error = attempts.into_iter().find_map(|attempt| attempt.error);
    let check = match (&stream, first_error) {
        (Some(_), Some(_)) if any_timed_out => Check::ok("tcp", seen).warn(
            "ask the network's administrator about the address that does not respond: it can delay new connections",
        ),
        // The text of the error names the host and its setting. If the host has several addresses, each may fail for
        // another reason.
        (None, Some(error)) if addresses.len() > 1 => Check::failed("tcp", &error).append_seen(&seen),
        (None, Some(error)) => Check::failed("tcp", &error),
        _ => Check::ok("tcp", seen),
    };
    (check.fact("addresses", facts), stream.map(Stream::from))
}

/// Returns a short reason for the failure of the attempt; `None` if the attempt succeeded.
fn failure_reason(attempt: &ConnectAttempt) -> Option<String> {
    attempt.error.as_ref().map(|error| error.message().to_owned())
}

fn attempt_to_json(attempt: &ConnectAttempt) -> Value {
    json!({
        "address": attempt.address.to_string(),
        "connected": attempt.error.is_none(),
        "elapsed_ms": millis(attempt.elapsed),
        "error": failure_reason(attempt),
    })
}

/// Opens a tunnel through the proxy. Returns the `tunnel` check, and the stream to the service if the tunnel was
/// opened.
pub(crate) async fn tunnel(
    context: &DiagnosticContext,
    route: &ServiceRoute,
    proxy: &Proxy,
    stream: Stream,
) -> (Check, Option<Stream>) {
    let TunnelReport { handshake, status_line, auth_schemes, stream, elapsed } =
        context.open_tunnel(route, proxy, stream).await;
    let certificate = handshake.as_ref().and_then(|handshake| handshake.certificate.as_deref());
    let certificate = certificate.map(|der| Certificate::read(der, |text| context.redact(text)));
    let certificate = certificate.as_ref();
    let (check, stream) = match stream {
        Ok(stream) => {
            let status_line = status_line.as_deref().unwrap_or_default();
            let seen =
                format!("the proxy opened a tunnel to {}:{} (\"{status_line}\")", route.host, route.port);
            (Check::ok("tunnel", seen), Some(stream))
        }
        Err(error) => {
            let mut check = Check::failed("tunnel", &error);
            if let Some(status_line) = &status_line {
                check = check.append_seen(&format!("the proxy responded \"{status_line}\""));
            } else if let (Some(certificate), ErrorKind::Network) = (certificate, error.kind()) {
                check = check.append_seen(&format!("the proxy sent a {certificate}"));
            }
            (check, None)
        }
    };
    let check = check
        .fact("answer", status_line)
        .fact("wants", auth_schemes)
        .fact("certificate", certificate.map(Certificate::to_json));
    (check.with_elapsed(elapsed), stream)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::doctor::check::Status;
    use renumerate::Client;
    use std::time::Duration;
    use tokio::net::{TcpListener, TcpSocket, TcpStream};
    use tokio::time::timeout;

    #[tokio::test(flavor = "multi_thread")]
    async fn unresponsive_address_is_a_warning_if_another_address_connects() {
        let builder =
            Client::builder().private_key("sk_live_planted").connect_timeout(Duration::from_secs(1));
        let context = DiagnosticContext::new(builder).unwrap();
        let accepting = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let full = TcpSocket::new_v4().unwrap();
        full.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let full = full.listen(1).unwrap();
        let (responsive, unresponsive) = (accepting.local_addr().unwrap(), full.local_addr().unwrap());
        // Fill the accept queue, so that further connections time out.
        let mut queued = Vec::new();
        while let Ok(connected) = timeout(Duration::from_secs(1), TcpStream::connect(unresponsive)).await {
            queued.push(connected.unwrap());
        }
        let closed: SocketAddr = "127.0.0.1:1".parse().unwrap();
        for (addresses, status, connected) in [
            (vec![unresponsive, responsive], Status::Warning, true),
            (vec![closed, responsive], Status::Ok, true),
            (vec![closed, unresponsive], Status::Failed, false),
        ] {
            let (check, stream) = tcp(&context, &addresses).await;
            assert_eq!((check.status, stream.is_some()), (status, connected), "{check:?}");
        }
    }
}
