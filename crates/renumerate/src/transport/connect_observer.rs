//! Whether a request opened a connection: a layer on the HTTP library's connector tells, since the library does not.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    /// Whether the current request has opened a connection. One that it only began to open does not count: while it
    /// did, another request may have handed a used one on.
    static CONNECTION_OPENED: Cell<bool>;
}

/// Runs a request, and tells whether it had to open a connection of its own.
pub(crate) async fn observe_connects<T>(request: impl Future<Output = T>) -> (T, bool) {
    let observe_connects = async move {
        let done = request.await;
        (done, CONNECTION_OPENED.with(Cell::get))
    };
    CONNECTION_OPENED.scope(Cell::new(false), observe_connects).await
}

/// The layer: it tells the request that is being polled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectObserverLayer;

impl<S> Layer<S> for ConnectObserverLayer {
    type Service = ObservedConnector<S>;

    fn layer(&self, connector: S) -> ObservedConnector<S> {
        ObservedConnector(connector)
    }
}

/// A connector that tells.
#[derive(Clone, Debug)]
pub(crate) struct ObservedConnector<S>(S);

impl<S, R> Service<R> for ObservedConnector<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
    S::Response: 'static,
    S::Error: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let connecting = self.0.call(target);
        let started = Instant::now();
        Box::pin(async move {
            let connected = connecting.await;
            // Outside a request there is nobody to tell.
            let _untold = CONNECTION_OPENED.try_with(|opened| opened.set(true));
            let elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
            tracing::trace!(target: "renumerate", connected = connected.is_ok(), elapsed_us, "tried to connect");
            connected
        })
    }
}
