//! Settings that only the bindings for other languages give.

use std::collections::HashMap;
use std::sync::Arc;

use zeroize::Zeroizing;

/// Environment variables that replace those of the process: a language may show its users a copy.
pub(crate) type EnvOverride = Arc<HashMap<String, Zeroizing<String>>>;

/// The language that wraps this crate, for the user agent.
#[derive(Clone, Debug)]
pub(crate) struct BindingInfo {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// The language's runtime, such as `CPython 3.11.7`.
    pub(crate) runtime: String,
}
