//! Settings of a client that only a binding gives.

use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::client::ClientBuilder;
use crate::config::{BindingInfo, is_header_text};
use crate::retry::TokenBucket;

impl<C> ClientBuilder<C> {
    /// Names the language that wraps this crate, and what runs it, in the user agent.
    #[doc(hidden)]
    #[must_use]
    pub fn binding(mut self, language: &'static str, version: &'static str, runtime: &str) -> Self {
        let runtime = if is_header_text(runtime) { runtime } else { "unknown" };
        self.options.binding = Some(BindingInfo { name: language, version, runtime: runtime.to_owned() });
        self
    }

    /// Looks the variables up here instead of in the process's environment: what a language shows its users as theirs
    /// may be a copy of that.
    #[doc(hidden)]
    #[must_use]
    pub fn variables(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name, Zeroizing::new(value)));
        self.options.env_override = Some(Arc::new(variables.collect()));
        self
    }

    /// Certificates that the language's runtime trusts beside the platform's, read at the first handshake. A file that
    /// cannot be read is passed over: the runtime itself says so.
    #[doc(hidden)]
    #[must_use]
    pub fn runtimes_ca_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.options.host_ca_file = Some(file.into());
        self
    }

    /// Shares the tokens for retries with the other clients that are given them: what one object of a language drives in
    /// two ways is one client.
    #[doc(hidden)]
    #[must_use]
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.options.token_bucket = Some(budget.0);
        self
    }
}

/// The tokens that retries cost and successes give back.
#[derive(Clone, Debug, Default)]
pub struct RetryBudget(Arc<TokenBucket>);
