//! The async client, on a runtime as servers have it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use renumerate::{Client, ClientBuilder, Customer, Result, RetentionSessionRequest};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use crate::Face;
use crate::told::{Tally, Wanted, error, options, outcome, wanted};

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

pub(crate) fn request(number: usize) -> RetentionSessionRequest {
    RetentionSessionRequest::new(Customer::by_id(format!("cus_{number}")).unwrap())
}

impl Face for Asynchronous {
    fn call(&self, what: &Value) -> Value {
        let (wanted, options) = match (wanted(what), options(what)) {
            (Ok(wanted), Ok(options)) => (wanted, options),
            (Err(failure), _) | (_, Err(failure)) => return error(&failure, Vec::new()),
        };
        let (client, began) = (&self.client, Instant::now());
        self.runtime.block_on(async {
            match wanted {
                Wanted::Retention(request) => {
                    outcome(client.create_retention_session_with(&request, &options).await, began, client)
                }
                Wanted::Subscription(request) => {
                    outcome(client.create_subscription_session_with(&request, &options).await, began, client)
                }
            }
        })
    }

    fn calls(&self, count: usize, at_once: usize) -> Value {
        self.lanes(count, at_once, async |client, number, tally| {
            tally.count(&client.create_retention_session(&request(number)).await);
        })
        .told()
    }

    /// A future that is dropped is cancelled.
    fn cancel(&self, count: usize, at_once: usize, longest: f64) -> Value {
        self.lanes(count, at_once, async move |client, number, tally| {
            let patience = Duration::from_secs_f64(fastrand::f64() * longest);
            match tokio::time::timeout(patience, client.create_retention_session(&request(number))).await {
                Ok(result) => tally.count(&result),
                Err(_) => tally.cancelled += 1,
            }
        })
        .told_cancelled()
    }
}

impl Asynchronous {
    /// So many lanes, each of which takes the next number until there are none left.
    fn lanes<W>(&self, count: usize, at_once: usize, work: W) -> Tally
    where
        W: AsyncFn(Client, usize, &mut Tally) + Clone + 'static,
    {
        let next = Arc::new(AtomicUsize::new(0));
        let lanes = (0..at_once).map(|_| {
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
        for tally in self.runtime.block_on(join_all(lanes)) {
            all.add(tally);
        }
        all
    }
}
