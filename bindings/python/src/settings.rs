//! Client options from Python keyword arguments.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use renumerate::{Client, ClientBuilder, Result};

use crate::arguments::{keyword_name, option_value, path};

/// Returns a builder with the options that are not `None`.
///
/// A missing key does not cause an error until the first call. The reason: applications also construct clients in build
/// and test processes, which have no key.
pub(crate) fn builder(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> Result<ClientBuilder> {
    let mut builder =
        Client::builder().allow_missing_key().binding("python", env!("CARGO_PKG_VERSION"), &runtime(py));
    for (name, value) in options.into_iter().flatten() {
        let name = keyword_name(&name);
        if name == "ca_bundle" && !value.is_none() {
            builder = builder.ca_bundle(path(&name, &value)?);
        } else {
            builder = builder.option(&name, option_value(&name, &value)?)?;
        }
    }
    Ok(builder)
}

/// Returns the name and version of the Python implementation for the user agent, such as `CPython 3.11.7`.
fn runtime(py: Python<'_>) -> String {
    let version = py.version_info();
    let name = py
        .import("sys")
        .and_then(|sys| sys.getattr("implementation")?.getattr("name")?.extract::<String>())
        .unwrap_or_default();
    let name = if name == "cpython" { "CPython" } else { &name };
    format!("{name} {}.{}.{}", version.major, version.minor, version.patch)
}
