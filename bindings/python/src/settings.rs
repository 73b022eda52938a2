//! The settings of a client, from its keyword arguments.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use renumerate::{Client, ClientBuilder};

use crate::arguments::{self, option, path, raised};

/// A builder with the options that are not `None`. A key that is missing is waited for: applications construct their
/// clients where they are built and tested too.
pub(crate) fn builder(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<ClientBuilder> {
    let mut builder =
        Client::builder().allow_missing_key().binding("python", env!("CARGO_PKG_VERSION"), &runtime(py));
    for (name, value) in options.into_iter().flatten() {
        let name = arguments::name(&name)?;
        if name == "ca_bundle" && !value.is_none() {
            builder = builder.ca_bundle(path(&name, &value)?);
        } else if !value.is_none() {
            builder = raised(py, builder.option(&name, option(&name, &value)?))?;
        }
    }
    Ok(builder)
}

/// What runs the code, `CPython 3.11.7`.
fn runtime(py: Python<'_>) -> String {
    let version = py.version_info();
    let name = py
        .import("sys")
        .and_then(|sys| sys.getattr("implementation")?.getattr("name")?.extract::<String>())
        .unwrap_or_default();
    let name = if name == "cpython" { "CPython" } else { &name };
    format!("{name} {}.{}.{}", version.major, version.minor, version.patch)
}
