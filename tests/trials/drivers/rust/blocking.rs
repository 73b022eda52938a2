//! The blocking client, on threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use renumerate::{ClientBuilder, Result, blocking};
use serde_json::{Value, json};

use crate::Face;
use crate::asynchronous::request;
use crate::told::{Tally, Wanted, error, options, outcome, wanted};

pub(crate) struct Blocking {
    client: blocking::Client,
}

impl Blocking {
    pub(crate) fn new(builder: ClientBuilder) -> Result<Self> {
        Ok(Self { client: builder.blocking().build()? })
    }
}

impl Face for Blocking {
    fn call(&self, what: &Value) -> Value {
        let (wanted, options) = match (wanted(what), options(what)) {
            (Ok(wanted), Ok(options)) => (wanted, options),
            (Err(failure), _) | (_, Err(failure)) => return error(&failure, Vec::new()),
        };
        let (client, began) = (&self.client, Instant::now());
        match wanted {
            Wanted::Retention(request) => {
                outcome(client.create_retention_session_with(&request, &options), began, client)
            }
            Wanted::Subscription(request) => {
                outcome(client.create_subscription_session_with(&request, &options), began, client)
            }
        }
    }

    fn calls(&self, count: usize, at_once: usize) -> Value {
        let next = AtomicUsize::new(0);
        let lane = || {
            let mut tally = Tally::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return tally;
                }
                tally.count(&self.client.create_retention_session(&request(number)));
            }
        };
        let mut all = Tally::default();
        std::thread::scope(|scope| {
            let lanes: Vec<_> = (0..at_once).map(|_| scope.spawn(lane)).collect();
            for lane in lanes {
                all.add(lane.join().unwrap());
            }
        });
        all.told()
    }

    fn cancel(&self, _count: usize, _at_once: usize, _longest: f64) -> Value {
        json!({"cannot": "a thread of Rust's cannot be interrupted"})
    }
}
