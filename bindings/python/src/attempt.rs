//! Python class for one attempt of a call.

use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};
use renumerate::ffi::AttemptFields;

/// One attempt of a call: its outcome and its duration.
#[pyclass(frozen, get_all, eq, from_py_object, module = "renumerate_sdk")]
#[derive(Clone, PartialEq)]
pub(crate) struct Attempt {
    /// Outcome: ``"status"`` (a response), ``"network"`` or ``"timeout"`` (no response).
    outcome: String,
    /// HTTP status of the response, or ``None`` if there was none.
    status: Option<u16>,
    /// Phase in which the network failed: ``"dns"``, ``"connect"``, ``"tls"``, ``"send"`` or ``"read"``; else ``None``.
    phase: Option<String>,
    /// Timeout that ended the attempt: ``"connect"``, ``"attempt"`` or ``"total"``; else ``None``.
    limit: Option<String>,
    /// Delay before the attempt, in seconds.
    waited: f64,
    /// Time from the start of the attempt to the last byte of the response or to the failure, in seconds.
    elapsed: f64,
}

#[pymethods]
impl Attempt {
    #[new]
    #[pyo3(signature = (outcome, *, status = None, phase = None, limit = None, waited = 0.0, elapsed = 0.0))]
    fn new(
        outcome: String,
        status: Option<u16>,
        phase: Option<String>,
        limit: Option<String>,
        waited: f64,
        elapsed: f64,
    ) -> Self {
        Self { outcome, status, phase, limit, waited, elapsed }
    }

    fn __repr__(&self) -> String {
        let Self { outcome, status, phase, limit, elapsed, .. } = self;
        let detail = match (status, phase, limit) {
            (Some(status), _, _) => format!(", status={status}"),
            (_, Some(phase), _) => format!(", phase='{phase}'"),
            (_, _, Some(limit)) => format!(", limit='{limit}'"),
            (None, None, None) => String::new(),
        };
        format!("Attempt('{outcome}'{detail}, elapsed={elapsed})")
    }

    fn __hash__(&self) -> u64 {
        // -0.0 and 0.0 are equal, so both must have the same hash. Adding 0.0 turns -0.0 into 0.0.
        let bits = |seconds: f64| (seconds + 0.0).to_bits();
        bits(self.waited) ^ bits(self.elapsed).rotate_left(1)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let py = slf.py();
        let Self { outcome, status, phase, limit, waited, elapsed } = slf.get();
        let rebuild = PyType::new::<Self>(py).getattr("_rebuild")?;
        Ok((rebuild, (outcome, status, phase, limit, waited, elapsed).into_pyobject(py)?))
    }

    #[staticmethod]
    fn _rebuild(
        outcome: String,
        status: Option<u16>,
        phase: Option<String>,
        limit: Option<String>,
        waited: f64,
        elapsed: f64,
    ) -> Self {
        Self { outcome, status, phase, limit, waited, elapsed }
    }
}

impl From<&renumerate::Attempt> for Attempt {
    fn from(attempt: &renumerate::Attempt) -> Self {
        let AttemptFields { outcome, status, phase, limit, .. } = AttemptFields::from(attempt);
        Self {
            outcome: outcome.to_owned(),
            status,
            phase: phase.map(str::to_owned),
            limit: limit.map(str::to_owned),
            waited: attempt.waited().as_secs_f64(),
            elapsed: attempt.elapsed().as_secs_f64(),
        }
    }
}
