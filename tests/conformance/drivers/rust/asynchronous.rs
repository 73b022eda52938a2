//! The async client, on a multi-threaded runtime.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use renumerate::{Client, ClientBuilder, Customer, Result, RetentionSessionRequest};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use crate::Flavor;
use crate::report::{Request, Tally, error, options, outcome, request, token};

pub(crate) struct Asynchronous {
    runtime: Runtime,
    client: Client,
}

impl Asynchronous {
    pub(crate) fn new(builder: ClientBuilder) -> Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Ok(Self { client: builder.build()?, runtime })
    }
}

pub(crate) fn request_of(number: usize) -> RetentionSessionRequest {
    RetentionSessionRequest::new(Customer::by_id(format!("cus_{number}")).unwrap())
}

impl Flavor for Asynchronous {
    fn call(&self, command: &Value) -> Value {
        let (request, options) = match (request(command), options(command)) {
            (Ok(request), Ok(options)) => (request, options),
            (Err(failure), _) | (_, Err(failure)) => return error(&failure, Vec::new()),
        };
        let (client, began) = (&self.client, Instant::now());
        self.runtime.block_on(async {
            match request {
                Request::Retention(request) => {
                    outcome(client.create_retention_session_with(&request, &options).await, began, client)
                }
                Request::Subscription(request) => {
                    outcome(client.create_subscription_session_with(&request, &options).await, began, client)
                }
                Request::Token(customer_id) => token(client.create_handshake_token(&customer_id), client),
            }
        })
    }

    fn calls(&self, count: usize, concurrency: usize) -> Value {
        self.run(count, concurrency, async |client, number, tally| {
            tally.count(&client.create_retention_session(&request_of(number)).await);
        })
        .report()
    }

    /// Cancels each call by dropping its future.
    fn cancel(&self, count: usize, concurrency: usize, max_delay: f64) -> Value {
        self.run(count, concurrency, async move |client, number, tally| {
            let delay = Duration::from_secs_f64(fastrand::f64() * max_delay);
            match tokio::time::timeout(delay, client.create_retention_session(&request_of(number))).await {
                Ok(result) => tally.count(&result),
                Err(_) => tally.cancelled += 1,
            }
        })
        .cancellation_report()
    }
}

impl Asynchronous {
    /// Runs `work` for each number, with this many tasks at a time.
    fn run<W>(&self, count: usize, concurrency: usize, work: W) -> Tally
    where
        W: AsyncFn(Client, usize, &mut Tally) + Clone + 'static,
    {
        let next = Arc::new(AtomicUsize::new(0));
        let tasks = (0..concurrency).map(|_| {
            let (next, client, work) = (Arc::clone(&next), self.client.clone(), work.clone());
            async move {
                let mut tally = Tally::default();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return tally;
                    }
                    work(client.clone(), number, &mut tally).await;
                }
            }
        });
        let mut all = Tally::default();
        for tally in self.runtime.block_on(join_all(tasks)) {
            all.add(tally);
        }
        all
    }
}
