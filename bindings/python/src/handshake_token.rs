//! Python class for handshake tokens.

use std::time::SystemTime;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

/// Handshake token, which the browser exchanges for a session of the customer. Immutable; ``print`` and ``repr`` mask
/// the token.
///
/// Construct one only in tests: the service accepts only tokens that are signed with the brand's private key.
#[pyclass(frozen, eq, hash, module = "renumerate_sdk")]
#[derive(PartialEq, Hash)]
pub(crate) struct HandshakeToken {
    token: String,
    expires_at: SystemTime,
}

#[pymethods]
impl HandshakeToken {
    #[new]
    fn new(token: String, expires_at: SystemTime) -> Self {
        Self { token, expires_at }
    }

    /// Token in plain text. Anyone who has the token can open the widgets of its customer: send it only to that
    /// customer's page, and do not cache or log it.
    #[getter]
    fn token(&self) -> &str {
        &self.token
    }

    /// Time after which the service rejects the token, 5 minutes after its creation: a ``datetime`` in UTC.
    #[getter]
    fn expires_at(&self) -> SystemTime {
        self.expires_at
    }

    /// Returns the response that the vendor's browser library expects, ready for JSON: ``{"token": "…"}``.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let members = PyDict::new(py);
        members.set_item("token", &self.token)?;
        Ok(members)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("HandshakeToken(token='…', expires_at={})", self.expires_at.into_pyobject(py)?.repr()?))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let Self { token, expires_at } = slf.get();
        Ok((slf.get_type(), (token, expires_at).into_pyobject(slf.py())?))
    }
}

impl From<renumerate::HandshakeToken> for HandshakeToken {
    fn from(token: renumerate::HandshakeToken) -> Self {
        Self { token: token.token().to_owned(), expires_at: token.expires_at() }
    }
}
