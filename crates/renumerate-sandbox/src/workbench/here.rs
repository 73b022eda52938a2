//! Who may see the workbench: pages of this machine. A foreign page whose name was made to point here (DNS rebinding) is
//! of one origin with it, and could read what it tells; but it cannot change the name that the browser asks for.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::response::Response;

use crate::connection::Connection;
use crate::router::{Shared, error};
use crate::strangers::{is_here, only};

/// The request came under a name or an address of this machine.
pub(super) struct Here;

impl FromRequestParts<Arc<Shared>> for Here {
    type Rejection = Response;

    async fn from_request_parts(head: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Response> {
        if only(&head.headers, &HOST).is_some_and(|host| is_here(host, shared.listens_on)) {
            return Ok(Self);
        }
        let reason = "The workbench answers under localhost, a loopback address or the address that the sandbox listens on; \
                      the request's Host is another";
        Err(error(StatusCode::FORBIDDEN, &format!("{reason}. Open {}/", shared.url)))
    }
}

/// It came from this machine too: what others sent is told to nobody else.
pub(super) struct FromHere;

impl FromRequestParts<Arc<Shared>> for FromHere {
    type Rejection = Response;

    async fn from_request_parts(head: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Response> {
        Here::from_request_parts(head, shared).await?;
        let peer = head.extensions.get::<Arc<Connection>>().and_then(|connection| connection.peer);
        let is_here = |peer: IpAddr| {
            let peer = peer.to_canonical();
            peer.is_loopback() || peer == shared.listens_on
        };
        if peer.is_some_and(is_here) {
            return Ok(Self);
        }
        let reason = "The workbench tells what came on the sandbox's own machine alone; the request is from another. Open it \
                      there, under localhost";
        Err(error(StatusCode::FORBIDDEN, reason))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;
    use crate::SandboxBuilder;

    async fn answered(listens_on: &str, peer: Option<&str>) -> bool {
        let listens_on = listens_on.parse().unwrap();
        let builder = SandboxBuilder::default().host(listens_on).workbench(true);
        let shared = builder.shared("http://127.0.0.1:1".to_owned()).unwrap();
        let mut request = Request::new(());
        request.headers_mut().insert(HOST, "localhost".parse().unwrap());
        let peer = peer.map(|peer| peer.parse().unwrap());
        request.extensions_mut().insert(Connection::with_peer(1, peer));
        let mut head = request.into_parts().0;
        assert!(Here::from_request_parts(&mut head, &shared).await.is_ok());
        match FromHere::from_request_parts(&mut head, &shared).await {
            Ok(FromHere) => true,
            Err(refused) => {
                assert_eq!(refused.status(), StatusCode::FORBIDDEN);
                false
            }
        }
    }

    #[tokio::test]
    async fn what_came_is_told_on_this_machine_alone() {
        for peer in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
            assert!(answered("0.0.0.0", Some(peer)).await, "{peer}");
        }
        for peer in [Some("192.168.1.8"), Some("::ffff:192.168.1.8"), Some("fe80::1"), Some("0.0.0.0"), None]
        {
            assert!(!answered("192.168.1.7", peer).await, "{peer:?}");
        }
        assert!(answered("192.168.1.7", Some("192.168.1.7")).await, "it asks itself");
        assert!(!answered("0.0.0.0", Some("192.168.1.7")).await);
    }
}
