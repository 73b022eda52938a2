//! Context of all diagnostics: the settings that a client would use, and the source of each setting.

use std::sync::Arc;
use std::time::Duration;

use crate::client::ClientBuilder;
use crate::client::{PLACEHOLDER_KEY, check_options, read_variable};
use crate::config::SettingSource;
use crate::config::{ClientOptions, Config};
use crate::error::{Error, NetworkPhase, Result, TimeoutScope};
use crate::protocol::{explain, redact_text};
use crate::redact::IdMatch;
use crate::tls::{ExtraRoots, LazyVerifier};

/// Key that the service does not know. A request with this key shows how the service responds to a wrong key. The key
/// has the prefix of a sandbox key, because the client accepts sandbox keys for every `base_url`.
const MADE_UP_KEY: &str = "sk_sandbox_made_up_by_the_doctor";

/// The complete, validated settings of a client. Its methods run the steps of a call.
#[derive(Debug)]
pub struct DiagnosticContext {
    pub(super) config: Config,
    pub(super) verifier: Arc<LazyVerifier>,
    pub(super) extra_roots: ExtraRoots,
    options: ClientOptions,
}

/// A setting with its value and its source.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedSetting {
    /// Name of the option.
    pub name: &'static str,
    /// Value that the client uses.
    pub value: SettingValue,
    /// Source of the value.
    pub source: SettingSource,
}

/// Value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// A URL or a path.
    Text(String),
    /// A timeout.
    Timeout(Duration),
    /// A number.
    Count(u32),
}

impl DiagnosticContext {
    /// Resolves and validates the settings, as a client does.
    ///
    /// # Errors
    ///
    /// The errors of [`ClientBuilder::build`].
    pub fn new(builder: ClientBuilder) -> Result<Self> {
        let config = check_options(builder.options.clone())?;
        let extra_roots = ExtraRoots::load(&config)?;
        let verifier = Arc::new(LazyVerifier::new(&extra_roots));
        Ok(Self { config, verifier, extra_roots, options: builder.options })
    }

    /// Resolves and validates the settings with a placeholder instead of the key. All diagnostic steps except the call
    /// work without a real key.
    ///
    /// # Errors
    ///
    /// The errors of [`ClientBuilder::build`], except those of the key.
    pub fn without_key(builder: ClientBuilder) -> Result<Self> {
        Self::new(builder.private_key(PLACEHOLDER_KEY))
    }

    /// Returns whether the keys can sign handshake tokens, or `None` if no public key is set.
    pub fn check_signing_keys(&self) -> Option<Result<()>> {
        let keys = self.config.signing_keys();
        keys.public_key.0.map(|_| keys.check().map(drop))
    }

    /// Returns the environments of the private and the public key: `live`, `test` or `sandbox`. Returns `None` if the
    /// prefix of a key does not name an environment. The service rejects tokens of keys from different environments,
    /// but the client signs them, because only the service knows its keys.
    pub fn key_environments(&self) -> Option<(&'static str, &'static str)> {
        let keys = self.config.signing_keys();
        Some((keys.private_key.0.environment()?, keys.public_key.0?.environment()?))
    }

    /// Returns whether there is a public key that does not begin with `pk_`, unlike the vendor's public keys.
    pub fn has_unusual_public_key(&self) -> bool {
        self.config.signing_keys().public_key.0.is_some_and(|key| !key.has_usual_prefix())
    }

    /// Checks that a call does not send the sandbox's key to the service.
    ///
    /// # Errors
    ///
    /// The error of each call.
    pub fn check_recipient(&self) -> Result<()> {
        self.config.check_recipient()
    }

    /// Returns all settings except the key and the proxy, which have more detailed reports of their own.
    pub fn settings(&self) -> Vec<ResolvedSetting> {
        let Config { base_url, base_url_source, ca_bundle, .. } = &self.config;
        let source = |is_set: bool| if is_set { SettingSource::Explicit } else { SettingSource::Default };
        let timeout = |name, value, is_set| ResolvedSetting {
            name,
            value: SettingValue::Timeout(value),
            source: source(is_set),
        };
        let mut settings = vec![
            ResolvedSetting {
                name: "base_url",
                value: SettingValue::Text(base_url.to_string()),
                source: *base_url_source,
            },
            timeout("timeout", self.config.timeout, self.options.timeout.is_some()),
            timeout("attempt_timeout", self.config.attempt_timeout, self.options.attempt_timeout.is_some()),
            timeout("connect_timeout", self.config.connect_timeout, self.options.connect_timeout.is_some()),
            ResolvedSetting {
                name: "max_retries",
                value: SettingValue::Count(self.config.max_retries),
                source: source(self.options.max_retries.is_some()),
            },
            ResolvedSetting {
                name: "max_connections",
                value: SettingValue::Count(self.config.max_connections),
                source: source(self.options.max_connections.is_some()),
            },
        ];
        if let Some((file, source)) = ca_bundle {
            let value = SettingValue::Text(file.display().to_string());
            settings.push(ResolvedSetting { name: "ca_bundle", value, source: *source });
        }
        settings
    }

    /// Completes the error of a step with the service, as a client completes the error of a call.
    pub(super) fn explain(&self, error: Error) -> Error {
        explain(error, &[], &self.config)
    }

    /// Completes the error of a step with the proxy or, if no proxy is used, with the service.
    pub(super) fn explain_next_hop(&self, error: Error) -> Error {
        let has_proxy = self.config.route.proxy().is_some();
        self.explain(if has_proxy { error.of_proxy() } else { error })
    }

    /// Returns the value of an environment variable, as a client reads it.
    pub(super) fn variable(&self, name: &'static str) -> Result<Option<String>> {
        read_variable(self.options.env_override.as_ref(), name)
    }

    /// Redacts the key and session ids in text from a peer, and removes control characters.
    pub fn redact(&self, text: &str) -> String {
        redact_text(text, &self.config.key, IdMatch::Strict)
    }

    /// Returns the same settings with a key that the service does not know.
    pub(super) fn with_made_up_key(&self) -> Result<Config> {
        check_options(ClientOptions {
            private_key: Some(MADE_UP_KEY.to_owned().into()),
            ..self.options.clone()
        })
    }

    /// Returns the timeout of one connection step, such as the DNS lookup: `connect_timeout`, or `timeout` if that is
    /// shorter.
    pub(super) fn step_timeout(&self) -> StepTimeout {
        let Config { connect_timeout, timeout, .. } = self.config;
        if timeout < connect_timeout {
            StepTimeout { duration: timeout, scope: TimeoutScope::Total }
        } else {
            StepTimeout { duration: connect_timeout, scope: TimeoutScope::Connect }
        }
    }
}

/// Timeout of one connection step, with the option that set it.
#[derive(Clone, Copy, Debug)]
pub(super) struct StepTimeout {
    pub(super) duration: Duration,
    scope: TimeoutScope,
}

impl StepTimeout {
    /// Returns the error of a step that exceeded this timeout in this phase.
    pub(super) fn into_error(self, phase: NetworkPhase) -> Error {
        Error::timeout(self.scope, self.duration, Some(phase))
    }
}
