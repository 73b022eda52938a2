//! Python classes for sessions.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use renumerate::{Retention, SessionKind, Subscription};

use crate::attempt::Attempt;

/// Base class of both kinds of session. Immutable; ``print`` and ``repr`` mask the id.
#[pyclass(frozen, subclass, module = "renumerate_sdk")]
pub(crate) struct Session {
    id: String,
    url: String,
    request_id: Option<String>,
    attempts: Vec<Attempt>,
}

/// Session that opens the cancel flow. Pass its id to a function of the vendor's browser library:
/// ``showRetentionView(id)`` or ``mountCancelButton(el, id)``.
///
/// Construct one only in tests: only sessions that the service created work in the browser.
#[pyclass(frozen, extends = Session, module = "renumerate_sdk")]
pub(crate) struct RetentionSession;

/// Session that opens the SubscriptionHub. Pass its id to a function of the vendor's browser library:
/// ``mountSubscriptionHub(el, id)``.
///
/// Construct one only in tests: only sessions that the service created work in the browser.
#[pyclass(frozen, extends = Session, module = "renumerate_sdk")]
pub(crate) struct SubscriptionSession;

#[pymethods]
impl Session {
    /// Session id in plain text, for the vendor's browser library. The id is a bearer credential for the customer's
    /// flow: send it to that customer's page only, and do not cache or log it.
    #[getter]
    fn id(&self) -> &str {
        &self.id
    }

    /// URL that the vendor's browser library loads in its iframe for this id. A web view can load it too, but the
    /// vendor does not document that use. The URL contains the id and is as secret as the id.
    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    /// Request id from the service, or ``None`` if it sent none. Quote it in requests to the vendor's support.
    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Outcome and duration of each attempt of the call; the last one succeeded.
    #[getter]
    fn attempts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.attempts.clone())
    }

    /// Returns the fields that a page needs, ready for a JSON response: ``id``, ``url`` and, if any, ``request_id``.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let members = PyDict::new(py);
        members.set_item("id", &self.id)?;
        members.set_item("url", &self.url)?;
        if let Some(request_id) = &self.request_id {
            members.set_item("request_id", request_id)?;
        }
        Ok(members)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let Self { id, url, request_id, .. } = slf.get();
        let class = slf.get_type().name()?;
        let kind = ["ret_", "sub_"].into_iter().find(|kind| id.starts_with(kind)).unwrap_or_default();
        let url = url.split_once('?').map(|(widget, _)| format!(", url='{widget}?session_id=…'"));
        let request_id = request_id.as_ref().map(|id| format!(", request_id='{id}'"));
        Ok(format!("{class}(id='{kind}…'{}{})", url.unwrap_or_default(), request_id.unwrap_or_default()))
    }

    fn __eq__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let Ok(other) = other.cast::<Self>() else { return Ok(py.NotImplemented().into_bound(py)) };
        let (a, b) = (slf.get(), other.get());
        let same = slf.get_type().is(other.get_type())
            && (&a.id, &a.url, &a.request_id) == (&b.id, &b.url, &b.request_id);
        Ok(same.into_pyobject(py)?.to_owned().into_any())
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        PyString::new(py, &self.id).hash()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let Self { id, url, request_id, .. } = slf.get();
        let arguments = (id, url, request_id, slf.get().attempts(slf.py())?).into_pyobject(slf.py())?;
        Ok((slf.get_type().into_any(), arguments))
    }
}

#[pymethods]
impl RetentionSession {
    #[new]
    #[pyo3(
        signature = (id, url = String::new(), request_id = None, attempts = Vec::new()),
        text_signature = "(id, url='', request_id=None, attempts=())"
    )]
    fn new(
        id: String,
        url: String,
        request_id: Option<String>,
        attempts: Vec<Attempt>,
    ) -> PyClassInitializer<Self> {
        PyClassInitializer::from(Session { id, url, request_id, attempts }).add_subclass(Self)
    }
}

#[pymethods]
impl SubscriptionSession {
    #[new]
    #[pyo3(
        signature = (id, url = String::new(), request_id = None, attempts = Vec::new()),
        text_signature = "(id, url='', request_id=None, attempts=())"
    )]
    fn new(
        id: String,
        url: String,
        request_id: Option<String>,
        attempts: Vec<Attempt>,
    ) -> PyClassInitializer<Self> {
        PyClassInitializer::from(Session { id, url, request_id, attempts }).add_subclass(Self)
    }
}

/// Kind of session that has a Python class.
pub(crate) trait PySessionKind: SessionKind {
    /// Wraps a session in the Python class of this kind.
    fn wrap(py: Python<'_>, session: Session) -> PyResult<Py<PyAny>>;
}

impl PySessionKind for Retention {
    fn wrap(py: Python<'_>, session: Session) -> PyResult<Py<PyAny>> {
        Ok(Py::new(py, PyClassInitializer::from(session).add_subclass(RetentionSession))?.into_any())
    }
}

impl PySessionKind for Subscription {
    fn wrap(py: Python<'_>, session: Session) -> PyResult<Py<PyAny>> {
        Ok(Py::new(py, PyClassInitializer::from(session).add_subclass(SubscriptionSession))?.into_any())
    }
}

impl<K: SessionKind> From<renumerate::Session<K>> for Session {
    fn from(session: renumerate::Session<K>) -> Self {
        Self {
            url: session.url().to_owned(),
            request_id: session.request_id().map(str::to_owned),
            attempts: session.attempts().iter().map(Attempt::from).collect(),
            id: session.into_id().into(),
        }
    }
}
