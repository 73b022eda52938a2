//! What one attempt of a call met, as Python sees it.

use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};
use renumerate::ffi::AttemptFields;

/// One attempt of a call: what it met, and how long it took.
#[pyclass(frozen, get_all, eq, from_py_object, module = "renumerate_sdk")]
#[derive(Clone, PartialEq)]
pub(crate) struct Attempt {
    /// What the attempt met: ``"status"`` (an answer), ``"network"`` or ``"timeout"`` (none).
    outcome: String,
    /// The HTTP status of the answer, where one came.
    status: Option<u16>,
    /// How far the attempt came before the network failed it: ``"dns"``, ``"connect"``, ``"tls"``, ``"send"``, ``"read"``.
    phase: Option<String>,
    /// The limit that ended the attempt: ``"connect"``, ``"attempt"`` or ``"total"``.
    limit: Option<String>,
    /// Seconds of waiting before the attempt.
    waited: f64,
    /// Seconds from the start of the attempt to its last byte, or to its failure.
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
        let met = match (status, phase, limit) {
            (Some(status), _, _) => format!(", status={status}"),
            (_, Some(phase), _) => format!(", phase='{phase}'"),
            (_, _, Some(limit)) => format!(", limit='{limit}'"),
            (None, None, None) => String::new(),
        };
        format!("Attempt('{outcome}'{met}, elapsed={elapsed})")
    }

    fn __hash__(&self) -> u64 {
        // The two zeros are equal.
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
