//! Base class of sessions. Python code defines a subclass for each kind of session.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};
use renumerate::ffi::{AnySession, session_id_prefix};

use crate::attempt::Attempt;

/// Base class of all kinds of session. Immutable; ``print`` and ``repr`` mask the id.
#[pyclass(frozen, subclass, module = "renumerate_sdk")]
#[derive(Default)]
pub(crate) struct Session {
    id: String,
    url: String,
    request_id: Option<String>,
    attempts: Vec<Attempt>,
}

#[pymethods]
impl Session {
    #[new]
    #[pyo3(
        signature = (id, url = String::new(), request_id = None, attempts = Vec::new()),
        text_signature = "(id, url='', request_id=None, attempts=())"
    )]
    fn new(id: IdArgument<'_>, url: String, request_id: Option<String>, attempts: Vec<Attempt>) -> Self {
        match id {
            IdArgument::Created(created) => {
                created.get().0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
            }
            IdArgument::Text(id) => Self { id, url, request_id, attempts },
        }
    }

    /// Session id in plain text, for the vendor's browser library. Anyone who has the id can open the widget of the
    /// session's customer: send the id only to that customer's page, and do not cache or log it.
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
        let kind = session_id_prefix(id);
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

/// First argument of the constructor of [`Session`].
#[derive(FromPyObject)]
enum IdArgument<'py> {
    /// Session that a call has created.
    Created(Bound<'py, CreatedSession>),
    /// Session id, from an application's test.
    Text(String),
}

/// Session on its way to the constructor of its Python class. Passing its fields as Python objects would take longer.
#[pyclass(frozen, module = "renumerate_sdk._native")]
struct CreatedSession(Mutex<Option<Session>>);

/// Creates an instance of a subclass of [`Session`].
pub(crate) fn into_py_session(class: &Bound<'_, PyType>, session: AnySession) -> PyResult<Py<PyAny>> {
    let AnySession { id, url, request_id, attempts } = session;
    let attempts = attempts.iter().map(Attempt::from).collect();
    let created = CreatedSession(Mutex::new(Some(Session { id, url, request_id, attempts })));
    Ok(class.call1((created,))?.unbind())
}
