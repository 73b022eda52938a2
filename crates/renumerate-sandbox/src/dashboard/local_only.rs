//! Extractors that restrict the dashboard to this machine.
//!
//! In a DNS rebinding attack, the host name of a foreign page resolves to this machine. The page then has the same
//! origin as the dashboard and could read the dashboard. The page's requests are detected by their `Host` header, which
//! still contains the foreign name.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::response::Response;

use super::state::DashboardState;
use crate::api::error;
use crate::api::origin_guard::{is_allowed_host, is_local_host, single_value};
use crate::net::Connection;

/// Extractor that accepts only requests whose `Host` header names this machine or an allowed origin.
pub(super) struct LocalHost;

impl FromRequestParts<Arc<DashboardState>> for LocalHost {
    type Rejection = Response;

    async fn from_request_parts(head: &mut Parts, state: &Arc<DashboardState>) -> Result<Self, Response> {
        let settings = &state.app.settings;
        if single_value(&head.headers, &HOST).is_some_and(|host| is_local_host(host, settings)) {
            return Ok(Self);
        }
        let reason = format!(
            "The dashboard accepts only requests to localhost, a loopback address or the sandbox's own address, but the \
             Host of the request is different. Open {}/",
            settings.url
        );
        Err(error(StatusCode::FORBIDDEN, &reason))
    }
}

/// Extractor for routes whose responses contain data of the sandbox's clients. It accepts only requests that come from
/// this machine, or whose `Host` header names an allowed origin.
pub(super) struct LocalPeer;

impl FromRequestParts<Arc<DashboardState>> for LocalPeer {
    type Rejection = Response;

    async fn from_request_parts(head: &mut Parts, state: &Arc<DashboardState>) -> Result<Self, Response> {
        LocalHost::from_request_parts(head, state).await?;
        let settings = &state.app.settings;
        let peer = head.extensions.get::<Arc<Connection>>().and_then(|connection| connection.peer);
        let is_local = |peer: IpAddr| {
            let peer = peer.to_canonical();
            peer.is_loopback() || peer == settings.bind_address
        };
        if peer.is_some_and(is_local)
            || single_value(&head.headers, &HOST).is_some_and(|host| is_allowed_host(host, settings))
        {
            return Ok(Self);
        }
        let reason = "The dashboard shows requests only on the sandbox's own machine, but this request is from another \
                      machine. Open it on localhost, or start the sandbox with --allow-origin";
        Err(error(StatusCode::FORBIDDEN, reason))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;
    use crate::SandboxBuilder;

    async fn is_accepted(builder: SandboxBuilder, bind_address: &str, peer: Option<&str>) -> bool {
        let bind_address = bind_address.parse().unwrap();
        let app = builder.host(bind_address).build_state("http://127.0.0.1:1".to_owned()).unwrap();
        let state = Arc::new(DashboardState { app, log: Arc::default() });
        let mut request = Request::new(());
        request.headers_mut().insert(HOST, "localhost".parse().unwrap());
        let peer = peer.map(|peer| peer.parse().unwrap());
        request.extensions_mut().insert(Connection::with_peer(1, peer));
        let mut head = request.into_parts().0;
        assert!(LocalHost::from_request_parts(&mut head, &state).await.is_ok());
        match LocalPeer::from_request_parts(&mut head, &state).await {
            Ok(LocalPeer) => true,
            Err(response) => {
                assert_eq!(response.status(), StatusCode::FORBIDDEN);
                false
            }
        }
    }

    fn local() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    #[tokio::test]
    async fn only_local_peers_are_accepted() {
        for peer in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
            assert!(is_accepted(local(), "0.0.0.0", Some(peer)).await, "{peer}");
        }
        for peer in [Some("192.168.1.8"), Some("::ffff:192.168.1.8"), Some("fe80::1"), Some("0.0.0.0"), None]
        {
            assert!(!is_accepted(local(), "192.168.1.7", peer).await, "{peer:?}");
        }
        assert!(is_accepted(local(), "192.168.1.7", Some("192.168.1.7")).await, "its own address");
        assert!(!is_accepted(local(), "0.0.0.0", Some("192.168.1.7")).await);
    }

    #[tokio::test]
    async fn peers_of_an_allowed_origin_are_accepted() {
        for (origin, accepted) in [("http://localhost", true), ("http://localhost:80", false)] {
            let builder = SandboxBuilder::default().allow_origin(origin);
            assert_eq!(is_accepted(builder, "0.0.0.0", Some("172.17.0.1")).await, accepted, "{origin}");
        }
    }
}
