//! The way to the service: its addresses, a connection, and the way through a proxy.

use std::error::Error as _;
use std::net::SocketAddr;

use renumerate::ErrorKind;
use renumerate::diagnostics::{
    ConnectAttempt, ConnectReport, DiagnosticContext, Proxy, ServiceRoute, SettingSource, Stream,
    TunnelReport, Via, split_error,
};
use serde_json::{Value, json};

use super::certificate::Certificate;
use super::check::{Check, millis};

pub(crate) async fn dns(setup: &DiagnosticContext, route: &ServiceRoute) -> (Check, Option<Vec<SocketAddr>>) {
    let (host, port) = route.next_hop();
    let found = setup.resolve_host(host, port).await;
    match found.addresses {
        Ok(addresses) => {
            let list: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
            let seen = if found.is_address {
                format!("{host} is an address: there is nothing to look up")
            } else {
                format!("{host} is {}", list.join(", "))
            };
            let seen = match &route.via {
                Via::Proxy(_) => format!("{seen}; the proxy looks {} up itself", route.host),
                Via::Direct { .. } => seen,
            };
            let check = Check::ok("dns", seen).fact("host", host).fact("addresses", list);
            (check.took(found.elapsed), Some(addresses))
        }
        Err(error) => {
            let remedy = match &route.via {
                Via::Proxy(_) => format!("check the proxy's host {host}, and this machine's name server"),
                Via::Direct { .. } => format!(
                    "check the host {host} in base_url, and this machine's name server; where only a proxy leads \
                     out, set HTTPS_PROXY"
                ),
            };
            let check = Check::failed("dns", &error).or_remedy(remedy).fact("host", host);
            (check.took(found.elapsed), None)
        }
    }
}

pub(crate) async fn tcp(
    setup: &DiagnosticContext,
    route: &ServiceRoute,
    addresses: &[SocketAddr],
) -> (Check, Option<Stream>) {
    let ConnectReport { attempts: tried, stream } = setup.connect(addresses).await;
    let words = tried.iter().map(|one| match outcome(one) {
        None => format!("{} connected in {} ms", one.address, millis(one.elapsed)),
        Some(reason) => format!("{}: {reason}", one.address),
    });
    let seen = words.collect::<Vec<_>>().join(", ");
    let facts: Vec<Value> = tried.iter().map(fact).collect();
    let is_slow =
        |one: &ConnectAttempt| one.error.as_ref().is_some_and(|error| error.kind() == ErrorKind::Timeout);
    let slow = tried.iter().any(is_slow);
    let first_error = tried.into_iter().find_map(|one| one.error);
    let check = match (&stream, first_error) {
        (Some(_), Some(_)) if slow => Check::ok("tcp", seen).warn(
            "an address that does not answer costs each new connection time: ask whoever runs the network",
        ),
        (None, Some(error)) => {
            let mut check = Check::failed("tcp", &error).or_remedy(remedy(route));
            check.seen = seen;
            check
        }
        _ => Check::ok("tcp", seen),
    };
    (check.fact("addresses", facts), stream.map(Stream::from))
}

/// Why there is no connection, in a few words.
fn outcome(tried: &ConnectAttempt) -> Option<String> {
    let error = tried.error.as_ref()?;
    Some(error.source().map_or_else(|| split_error(error).message, ToString::to_string))
}

fn fact(tried: &ConnectAttempt) -> Value {
    json!({
        "address": tried.address.to_string(),
        "connected": tried.error.is_none(),
        "elapsed_ms": millis(tried.elapsed),
        "error": outcome(tried),
    })
}

fn remedy(route: &ServiceRoute) -> String {
    let (host, port) = route.next_hop();
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    match &route.via {
        Via::Proxy(_) => format!("check that the proxy listens on {host}:{port}, or ask whoever runs it"),
        Via::Direct { .. } if !route.tls => {
            format!("check that something listens on {host}:{port}; `renumerate sandbox` starts a sandbox")
        }
        Via::Direct { .. } => format!(
            "check host and port of base_url ({host}:{port}), and that no firewall is in the way; where only a proxy \
             leads out, set HTTPS_PROXY"
        ),
    }
}

pub(crate) async fn tunnel(
    setup: &DiagnosticContext,
    route: &ServiceRoute,
    proxy: &Proxy,
    stream: Stream,
) -> (Check, Option<Stream>) {
    let TunnelReport { handshake, status_line: answer, auth_schemes: wants, stream, elapsed } =
        setup.open_tunnel(route, proxy, stream).await;
    let certificate = handshake.as_ref().and_then(|handshake| handshake.certificate.as_deref());
    let certificate = certificate.map(|der| Certificate::read(der, |text| setup.redact(text)));
    let certificate = certificate.as_ref();
    let (check, stream) = match stream {
        Ok(stream) => {
            let answer = answer.as_deref().unwrap_or_default();
            let seen = format!("the proxy opens the way to {}:{} with \"{answer}\"", route.host, route.port);
            (Check::ok("tunnel", seen), Some(stream))
        }
        Err(error) => {
            let mut check = Check::failed("tunnel", &error);
            if let Some(answer) = &answer {
                check = check.and_seen(&format!("the proxy answers \"{answer}\""));
            } else if let (Some(certificate), ErrorKind::Network) = (certificate, error.kind()) {
                check = check.and_seen(&format!("the proxy has a {certificate}"));
            }
            if let Some(remedy) = remedy_of_407(proxy, answer.as_deref(), &wants) {
                check.remedy = Some(remedy);
            }
            let remedy = format!("check that {} is an HTTP proxy, and that it leads out", proxy.url);
            (check.or_remedy(remedy), None)
        }
    };
    let check = check
        .fact("answer", answer)
        .fact("wants", wants)
        .fact("certificate", certificate.map(Certificate::to_json));
    (check.took(elapsed), stream)
}

/// What the client's own word on credentials does not say: that there are some, or that they are of no use.
fn remedy_of_407(proxy: &Proxy, answer: Option<&str>, wants: &[String]) -> Option<String> {
    answer?.split_whitespace().nth(1).filter(|status| *status == "407")?;
    if !wants.is_empty() && !wants.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic")) {
        let wants = wants.join(", ");
        return Some(format!(
            "the proxy wants {wants}, and only Basic is spoken here: ask whoever runs it for that"
        ));
    }
    let from = match proxy.source {
        SettingSource::Variable(name) => name,
        SettingSource::Explicit | SettingSource::Default => "--proxy",
    };
    proxy.has_credentials().then(|| format!("the proxy refuses the user and password in {from}: check them"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::doctor::check::Status;
    use renumerate::Client;
    use std::time::Duration;
    use tokio::net::{TcpListener, TcpSocket, TcpStream};
    use tokio::time::timeout;

    /// An address that does not answer is no failure where another does, and costs a client time all the same.
    #[tokio::test(flavor = "multi_thread")]
    async fn one_silent_address_among_others_is_worth_a_word() {
        let builder =
            Client::builder().private_key("sk_live_planted").connect_timeout(Duration::from_secs(1));
        let setup = DiagnosticContext::new(builder).unwrap();
        let route = setup.route().unwrap();
        let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let full = TcpSocket::new_v4().unwrap();
        full.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let full = full.listen(1).unwrap();
        let (listening, silent) = (open.local_addr().unwrap(), full.local_addr().unwrap());
        let mut waiting = Vec::new();
        while let Ok(connected) = timeout(Duration::from_secs(1), TcpStream::connect(silent)).await {
            waiting.push(connected.unwrap());
        }
        let closed: SocketAddr = "127.0.0.1:1".parse().unwrap();
        for (addresses, status, connected) in [
            (vec![silent, listening], Status::Warning, true),
            (vec![closed, listening], Status::Ok, true),
            (vec![closed, silent], Status::Failed, false),
        ] {
            let (check, stream) = tcp(&setup, &route, &addresses).await;
            assert_eq!((check.status, stream.is_some()), (status, connected), "{check:?}");
        }
    }
}
