//! Settings that only the language bindings use.

use std::collections::HashMap;
use std::sync::Arc;

use zeroize::Zeroizing;

/// Environment variables that are used instead of those of the process. Some language runtimes keep their own copy of
/// the environment, which can differ from the process environment.
pub(crate) type EnvOverride = Arc<HashMap<String, Zeroizing<String>>>;

/// The name and version of the language binding that uses this crate. They are part of the user agent.
#[derive(Clone, Debug)]
pub(crate) struct BindingInfo {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// Name and version of the language's runtime, such as `CPython 3.11.7`.
    pub(crate) runtime: String,
}
