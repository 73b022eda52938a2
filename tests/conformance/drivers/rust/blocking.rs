//! The blocking client, on threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use renumerate::{ClientBuilder, Result, blocking};
use serde_json::{Value, json};

use crate::Flavor;
use crate::asynchronous::request_of;
use crate::report::{Request, Tally, error, options, outcome, request, token};

pub(crate) struct Blocking {
    client: blocking::Client,
}

impl Blocking {
    pub(crate) fn new(builder: ClientBuilder) -> Result<Self> {
        Ok(Self { client: builder.blocking().build()? })
    }
}

impl Flavor for Blocking {
    fn call(&self, command: &Value) -> Value {
        let (request, options) = match (request(command), options(command)) {
            (Ok(request), Ok(options)) => (request, options),
            (Err(failure), _) | (_, Err(failure)) => return error(&failure, Vec::new()),
        };
        let (client, began) = (&self.client, Instant::now());
        match request {
            Request::Retention(request) => {
                outcome(client.create_retention_session_with(&request, &options), began, client)
            }
            Request::Subscription(request) => {
                outcome(client.create_subscription_session_with(&request, &options), began, client)
            }
            Request::Token(customer_id) => token(client.create_handshake_token(&customer_id), client),
        }
    }

    fn calls(&self, count: usize, concurrency: usize) -> Value {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut tally = Tally::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return tally;
                }
                tally.count(&self.client.create_retention_session(&request_of(number)));
            }
        };
        let mut all = Tally::default();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..concurrency).map(|_| scope.spawn(work)).collect();
            for thread in threads {
                all.add(thread.join().unwrap());
            }
        });
        all.report()
    }

    fn cancel(&self, _count: usize, _concurrency: usize, _max_delay: f64) -> Value {
        json!({"unsupported": "a thread of Rust cannot be interrupted"})
    }
}
