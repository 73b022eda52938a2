//! The settings as a client would have them, and where each comes from.

use std::sync::Arc;
use std::time::Duration;

use crate::client::ClientBuilder;
use crate::client::{PLACEHOLDER_KEY, check};
use crate::config::SettingSource;
use crate::config::{ClientOptions, Config};
use crate::error::{Error, Result, TimeoutScope};
use crate::redact::{IdMatch, redact};
use crate::tls::{ExtraRoots, LazyVerifier};

/// Stands in for the key in the request that shows what a wrong key is answered. It looks like a sandbox's, so that
/// it may go wherever the key may.
const MADE_UP_KEY: &str = "sk_sandbox_made_up_by_the_doctor";

/// The settings of a client, checked and complete, and the steps of its calls.
#[derive(Debug)]
pub struct DiagnosticContext {
    pub(super) config: Config,
    pub(super) verifier: Arc<LazyVerifier>,
    pub(super) extra_roots: ExtraRoots,
    given: ClientOptions,
}

/// A setting, what it is, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The option's name.
    pub name: &'static str,
    /// What it is.
    pub value: SettingValue,
    /// Where it comes from.
    pub origin: SettingSource,
}

/// What a setting is.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// A URL or a path.
    Text(String),
    /// A limit.
    Time(Duration),
    /// A number.
    Count(u32),
}

impl DiagnosticContext {
    /// The settings as a client would have them.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn new(given: ClientBuilder) -> Result<Self> {
        let config = check(given.options.clone())?;
        let extra_roots = ExtraRoots::load(&config)?;
        let verifier = Arc::new(LazyVerifier::new(&extra_roots));
        Ok(Self { config, verifier, extra_roots, given: given.options })
    }

    /// The same where the key cannot be used: all but the call can be looked at without one.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`], the key's aside.
    pub fn without_key(given: ClientBuilder) -> Result<Self> {
        Self::new(given.private_key(PLACEHOLDER_KEY))
    }

    /// The settings but for the key and the proxy, which have more to be said of them.
    pub fn settings(&self) -> Vec<Setting> {
        let Config { base_url, base_url_source, ca_bundle, .. } = &self.config;
        let given = |given: bool| if given { SettingSource::Given } else { SettingSource::Default };
        let time =
            |name, value, origin| Setting { name, value: SettingValue::Time(value), origin: given(origin) };
        let mut settings = vec![
            Setting {
                name: "base_url",
                value: SettingValue::Text(base_url.to_string()),
                origin: *base_url_source,
            },
            time("timeout", self.config.timeout, self.given.timeout.is_some()),
            time("attempt_timeout", self.config.attempt_timeout, self.given.attempt_timeout.is_some()),
            time("connect_timeout", self.config.connect_timeout, self.given.connect_timeout.is_some()),
            Setting {
                name: "max_retries",
                value: SettingValue::Count(self.config.max_retries),
                origin: given(self.given.max_retries.is_some()),
            },
        ];
        if let Some((file, origin)) = ca_bundle {
            let value = SettingValue::Text(file.display().to_string());
            settings.push(Setting { name: "ca_bundle", value, origin: *origin });
        }
        settings
    }

    /// Text of a peer, fit to be shown: without control characters, the key and session ids.
    pub fn scrubbed(&self, text: &str) -> String {
        redact(text, &self.config.key, IdMatch::Strict)
    }

    /// How many certificates are trusted, by where they come from.
    pub fn roots(&self) -> &crate::tls::RootCounts {
        self.verifier.counts()
    }

    /// The same settings with a key that opens nothing.
    pub(super) fn with_made_up_key(&self) -> Result<Config> {
        check(ClientOptions { private_key: Some(MADE_UP_KEY.to_owned().into()), ..self.given.clone() })
    }

    /// What a step on the way to the service may take, and what says that it took longer.
    pub(super) fn step(&self) -> Limit {
        let Config { connect_timeout, timeout, .. } = self.config;
        if timeout < connect_timeout {
            Limit { time: timeout, scope: TimeoutScope::Total }
        } else {
            Limit { time: connect_timeout, scope: TimeoutScope::Connect }
        }
    }
}

/// The limit of a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) time: Duration,
    scope: TimeoutScope,
}

impl Limit {
    pub(super) fn passed(self) -> Error {
        Error::timeout(self.scope, self.time)
    }
}
