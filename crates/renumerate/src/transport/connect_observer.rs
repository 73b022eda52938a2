//! Detects whether a request opened a connection or reused a pooled one.
//!
//! reqwest does not report this. So a layer around reqwest's connector records each attempt to open a connection.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    /// Whether an attempt of the current request to open a connection has ended, with success or failure. An attempt
    /// that is still running does not count: meanwhile, another request may return its connection to the pool, and the
    /// current request may reuse that connection.
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

/// Layer around the HTTP library's connector. It reports each attempt to open a connection to [`observe_connects`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectObserverLayer;

impl<S> Layer<S> for ConnectObserverLayer {
    type Service = ObservedConnector<S>;

    fn layer(&self, connector: S) -> ObservedConnector<S> {
        ObservedConnector(connector)
    }
}

/// Connector that opens connections with `S` and records the end of each attempt to connect, also of a failed one. The
/// record is the task-local value `CONNECTION_OPENED` of the request that waits for the connection.
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
            // If the HTTP library opens the connection in a background task, the task-local variable does not exist in
            // that task, and nothing is recorded.
            let _outside_request = CONNECTION_OPENED.try_with(|opened| opened.set(true));
            let elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
            tracing::trace!(target: "renumerate", connected = connected.is_ok(), elapsed_us, "tried to connect");
            connected
        })
    }
}
