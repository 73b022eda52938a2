//! Detects whether a request opened a connection or reused a pooled one.
//!
//! reqwest does not report this, so a layer around its connector records it.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    /// Whether a connection that the current request started to open is now open or has failed. A connection that is
    /// still being opened does not count, because the request may meanwhile get a used connection that another request
    /// returns to the pool.
    static CONNECTION_OPENED: Cell<bool>;
}

/// Runs a request. Returns the output of the request, and whether the request opened a connection.
pub(crate) async fn observe_connects<T>(request: impl Future<Output = T>) -> (T, bool) {
    let observed = async move {
        let output = request.await;
        (output, CONNECTION_OPENED.with(Cell::get))
    };
    CONNECTION_OPENED.scope(Cell::new(false), observed).await
}

/// Layer around the HTTP library's connector. It reports each opened connection to [`observe_connects`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectObserverLayer;

impl<S> Layer<S> for ConnectObserverLayer {
    type Service = ObservedConnector<S>;

    fn layer(&self, connector: S) -> ObservedConnector<S> {
        ObservedConnector(connector)
    }
}

/// Connector that records each connection that it opens, in the task-local variable of the request that polls it.
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
            // The task-local variable does not exist if the HTTP library finishes the connection in a background task.
            let _outside_request = CONNECTION_OPENED.try_with(|opened| opened.set(true));
            let elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
            tracing::trace!(target: "renumerate", connected = connected.is_ok(), elapsed_us, "tried to connect");
            connected
        })
    }
}
