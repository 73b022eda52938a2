//! Client settings that only bindings use.

use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::client::ClientBuilder;
use crate::config::{BindingInfo, VARIABLES, is_header_text};
use crate::retry::TokenBucket;
use crate::slots::SharedSlots;

/// Returns the names of the environment variables that a client reads. See [`ClientBuilder::env_override`].
pub fn environment_variables() -> &'static [&'static str] {
    &VARIABLES
}

impl<C> ClientBuilder<C> {
    /// Adds the binding to the user agent: its language, its version and the runtime of the language. If `runtime` is
    /// not valid in a header, `unknown` is sent instead.
    #[doc(hidden)]
    #[must_use]
    pub fn binding(mut self, language: &'static str, version: &'static str, runtime: &str) -> Self {
        let runtime = if is_header_text(runtime) { runtime } else { "unknown" };
        self.options.binding = Some(BindingInfo { name: language, version, runtime: runtime.to_owned() });
        self
    }

    /// Reads environment variables from `variables` instead of the process environment. Some languages give their
    /// programs a copy of the environment, which can differ from the process environment.
    #[doc(hidden)]
    #[must_use]
    pub fn env_override(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name, Zeroizing::new(value)));
        self.options.env_override = Some(Arc::new(variables.collect()));
        self
    }

    /// Adds a PEM file of certificates that the host runtime trusts, such as Node's `NODE_EXTRA_CA_CERTS`. The file is
    /// read at the first TLS handshake. An unreadable file is ignored with a warning.
    #[doc(hidden)]
    #[must_use]
    pub fn host_ca_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.options.host_ca_file = Some(file.into());
        self
    }

    /// Makes the client use these limits, which other clients may share. A binding needs this if one of its client objects
    /// consists of an async and a blocking client.
    #[doc(hidden)]
    #[must_use]
    pub fn shared_limits(mut self, limits: SharedLimits) -> Self {
        self.options.token_bucket = Some(limits.token_bucket);
        self.options.shared_slots = Some(limits.slots);
        self
    }
}

/// Limits that several clients share: the token bucket that limits retries, and the slots that limit simultaneous calls.
#[derive(Clone, Debug, Default)]
pub struct SharedLimits {
    token_bucket: Arc<TokenBucket>,
    slots: SharedSlots,
}
