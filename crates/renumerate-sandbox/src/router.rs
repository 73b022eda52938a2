//! What the sandbox is and remembers, and who answers which path.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::api::api;
use crate::chaos::Chaos;
use crate::connection::{Connection, Ending};
use crate::counts::{ConnectionCounts, Counts};
use crate::intake::Intake;
use crate::ledger::{Ledger, Record, fingerprint};
use crate::mint::Mint;
use crate::own;
use crate::script::Scripts;
use crate::seed::Seed;
use crate::strangers;
#[cfg(feature = "widgets")]
use crate::widgets::book::Book;
#[cfg(feature = "widgets")]
use crate::workbench::{self, Change, Changes, Replies, Reply, Workbench};

/// The largest case file that is taken over the wire.
pub(crate) const CASE_FILE_MAX_BYTES: usize = 1024 * 1024;

/// How many connections are closed to make room for others.
const MAKE_ROOM_FOR: usize = 64;

/// What the sandbox is and remembers.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) listens_on: IpAddr,
    pub(crate) keys: Vec<String>,
    pub(crate) seed: Option<Seed>,
    pub(crate) started: Instant,
    pub(crate) client_timeout: Duration,
    /// How long a session id opens a widget.
    #[cfg(feature = "widgets")]
    pub(crate) session_lifetime: Duration,
    pub(crate) bodies: Intake,
    pub(crate) case_files: Intake,
    /// Whose case file is read out of its text.
    pub(crate) case_file_turn: Arc<Semaphore>,
    /// Where people look at it, if they may.
    #[cfg(feature = "widgets")]
    pub(crate) workbench: Option<Workbench>,
    pub(crate) memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) ledger: Ledger,
    pub(crate) mint: Mint,
    pub(crate) scripts: Scripts,
    pub(crate) chaos: Option<Chaos>,
    #[cfg(feature = "widgets")]
    pub(crate) book: Book,
    /// The connections that are open, by number.
    pub(crate) open: HashMap<u64, Arc<Connection>>,
    /// How many were accepted.
    pub(crate) accepted: u64,
    /// The number of the connection before.
    pub(crate) numbered: u64,
    /// What the workbench tells, where there is one.
    #[cfg(feature = "widgets")]
    pub(crate) changes: Option<Changes>,
    /// What it shows of the answers.
    #[cfg(feature = "widgets")]
    pub(crate) replies: Replies,
}

impl Memory {
    pub(crate) fn counts(&self) -> Counts {
        let faults = self.chaos.iter().flat_map(Chaos::played);
        Counts {
            requests: self.ledger.pushed(),
            sessions: self.mint.minted(),
            faults: faults.map(|(name, played)| (name.to_owned(), played)).collect(),
            connections: ConnectionCounts { accepted: self.accepted, open: self.open.len() as u64 },
        }
    }

    /// Takes a request down and returns its number.
    pub(crate) fn came(&mut self, record: Record) -> usize {
        let number = self.ledger.push(record);
        #[cfg(feature = "widgets")]
        self.request_changed(number);
        number
    }

    /// Takes down what answers a request, and how the two differ.
    pub(crate) fn played(&mut self, number: usize, case: &str, problem: Option<&str>) {
        self.ledger.played(number, case, problem);
        #[cfg(feature = "widgets")]
        self.request_changed(number);
    }

    pub(crate) fn answered(&mut self, number: usize, status: u16) {
        self.ledger.answered(number, status);
        #[cfg(feature = "widgets")]
        self.request_changed(number);
    }

    /// As [`Self::answered`], with what the workbench shows.
    #[cfg(feature = "widgets")]
    pub(crate) fn answered_with(&mut self, number: usize, status: u16, reply: Reply) {
        self.replies.push(number, reply);
        self.answered(number, status);
    }

    /// The workbench hears that a request came, or what became of it.
    #[cfg(feature = "widgets")]
    pub(crate) fn request_changed(&mut self, number: usize) {
        if let Some(changes) = &mut self.changes {
            changes.note(Change::Request(number));
        }
    }

    /// The workbench hears of a session, or what became of it.
    #[cfg(feature = "widgets")]
    pub(crate) fn session_changed(&mut self, id: &str) {
        if let Some(changes) = &mut self.changes {
            changes.note(Change::Session(id.into()));
        }
    }

    /// The records of one key, or of all.
    pub(crate) fn records(&self, key: Option<&str>) -> Vec<Record> {
        let key = key.map(fingerprint);
        let records = self.ledger.from(0).filter(|(_, record)| record.is_of(key.as_deref()));
        records.map(|(_, record)| record.shown(&self.open)).collect()
    }

    /// The number of a new connection.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.numbered += 1;
        self.numbered
    }

    /// Closes the connections that have not moved for the longest time, many at once: to find them costs as much as
    /// to find one.
    pub(crate) fn make_room(&mut self) {
        let mut all: Vec<_> = self.open.values().map(|open| (open.moved(), open.number)).collect();
        all.sort_unstable();
        for (_, number) in all.into_iter().take(MAKE_ROOM_FOR) {
            if let Some(connection) = self.open.remove(&number) {
                connection.end(Ending::Close);
            }
        }
    }
}

impl Shared {
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        // A test that panicked while it looked must not take the sandbox along.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reset(&self) {
        let mut memory = self.memory();
        memory.ledger.clear();
        memory.mint = Mint::default();
        memory.scripts.restart();
        memory.chaos.iter_mut().for_each(Chaos::restart);
        memory.accepted = 0;
        #[cfg(feature = "widgets")]
        {
            memory.book.reset();
            memory.replies = Replies::default();
            memory.changes.iter_mut().for_each(Changes::begin_anew);
        }
    }

    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let router = Router::new()
        .route("/_sandbox/health", get(own::health))
        .route("/_sandbox/openapi.json", get(own::description))
        .route("/_sandbox/requests", get(own::requests))
        .route("/_sandbox/counts", get(own::counts))
        .route("/_sandbox/sessions/{id}", get(own::session))
        .route("/_sandbox/cases", post(own::add_cases))
        .route("/_sandbox/reset", post(own::reset));
    #[cfg(feature = "widgets")]
    let router = router.route("/_sandbox/customers/{id}", get(own::customer));
    let router = router.route_layer(from_fn(strangers::no_other_site));
    #[cfg(feature = "widgets")]
    let router = if shared.workbench.is_some() { router.merge(workbench::routes()) } else { router };
    let router = router.route_layer(from_fn_with_state(Arc::clone(&shared), strangers::no_foreign_origin));
    #[cfg(feature = "widgets")]
    let router = if shared.workbench.is_some() { router.merge(workbench::first_page()) } else { router };
    router
        .method_not_allowed_fallback(async || error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"))
        .fallback(api)
        .with_state(shared)
}

pub(crate) fn error(status: StatusCode, reason: &str) -> Response {
    (status, Json(json!({ "error": reason }))).into_response()
}
