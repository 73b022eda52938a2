//! What the sandbox is and remembers, and who answers which path.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use crate::api::api;
use crate::chaos::Chaos;
use crate::counts::{ConnectionCounts, Counts};
use crate::ledger::Ledger;
use crate::mint::Mint;
use crate::own;
use crate::script::Scripts;
use crate::seed::Seed;

/// What the sandbox is and remembers.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) keys: Vec<String>,
    pub(crate) seed: Option<Seed>,
    pub(crate) started: Instant,
    pub(crate) memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) ledger: Ledger,
    pub(crate) mint: Mint,
    pub(crate) scripts: Scripts,
    pub(crate) chaos: Option<Chaos>,
    pub(crate) connections: ConnectionCounts,
}

impl Memory {
    pub(crate) fn counts(&self) -> Counts {
        let faults = self.chaos.iter().flat_map(Chaos::played);
        Counts {
            requests: self.ledger.pushed(),
            sessions: self.mint.minted(),
            faults: faults.map(|(name, played)| (name.to_owned(), played)).collect(),
            connections: self.connections,
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
        memory.connections.accepted = 0;
    }

    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/_sandbox/health", get(own::health))
        .route("/_sandbox/openapi.json", get(own::description))
        .route("/_sandbox/requests", get(own::requests))
        .route("/_sandbox/counts", get(own::counts))
        .route("/_sandbox/sessions/{id}", get(own::session))
        .route("/_sandbox/cases", post(own::add_cases))
        .route("/_sandbox/reset", post(own::reset))
        .method_not_allowed_fallback(async || error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"))
        .fallback(api)
        .with_state(shared)
}

pub(crate) fn error(status: StatusCode, reason: &str) -> Response {
    (status, Json(json!({ "error": reason }))).into_response()
}
