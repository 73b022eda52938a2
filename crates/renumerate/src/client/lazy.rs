//! Client that can be created without a private key, for example in the build process of an application. If the key is
//! missing, only the options are stored, and the client is built on first use.

use std::fmt;
use std::sync::OnceLock;

use super::ProcessState;
use crate::call::{ClientInner, Clock};
use crate::config::{CallOptions, ClientOptions, Config, EnvOverride, KEY_VARIABLE, VARIABLES, variable};
use crate::error::Result;
use crate::handshake::{HandshakeToken, create_token};
use crate::log::{call_span, log_call};
use crate::model::{AnySession, CustomerId, Endpoint, Parameters};
use crate::runtime::TokioClock;

/// Key that replaces a missing key while the other options are checked.
///
/// It has the form of a sandbox key, because a sandbox key permits a `base_url` with `http://` to any host. When the
/// real key is known, a second check decides whether the real key permits this `base_url`.
pub(crate) const PLACEHOLDER_KEY: &str = "sk_sandbox_stand_in";

/// Client state that is built from checked options.
pub(crate) trait FromConfig: Sized {
    /// Builds the state. Opens no connection and starts no thread.
    ///
    /// # Errors
    ///
    /// A configuration error if an option is unusable, such as the certificate file.
    fn from_config(config: Config) -> Result<Self>;

    /// Returns the part that the async and the blocking client have in common.
    fn inner(&self) -> &ClientInner;

    /// Returns the state of this process. A forked child builds it on first use.
    ///
    /// # Errors
    ///
    /// The error of building it.
    fn process_state(&self) -> Result<&ProcessState>;
}

/// A client that is built already, or the options from which it is built as soon as there is a key.
pub(crate) struct LazyClient<T> {
    client: OnceLock<T>,
    options: Option<ClientOptions>,
}

impl<T: FromConfig> LazyClient<T> {
    /// Checks the options and builds the client. If the key is missing and `allow_missing_key` is set, only checks the
    /// other options; [`get`](Self::get) builds the client later.
    ///
    /// # Errors
    ///
    /// A configuration error if an option is invalid.
    pub(crate) fn new(options: ClientOptions) -> Result<Self> {
        if options.allow_missing_key && options.private_key.is_none() && lacks_key(&options)? {
            let placeholder = Some(PLACEHOLDER_KEY.to_owned().into());
            T::from_config(check_options(ClientOptions { private_key: placeholder, ..options.clone() })?)?;
            return Ok(Self { client: OnceLock::new(), options: Some(options) });
        }
        let client = T::from_config(check_options(options)?)?;
        Ok(Self { client: OnceLock::from(client), options: None })
    }

    /// Returns the client. If the client is not built yet, looks up the key again and builds the client first.
    ///
    /// # Errors
    ///
    /// A configuration error as long as the key is missing or invalid.
    pub(crate) fn get(&self) -> Result<&T> {
        loop {
            if let Some(client) = self.client.get() {
                return Ok(client);
            }
            let options = self.options.clone().unwrap_or_default();
            // Build the client first and then call `set`, instead of calling `get_or_init`. If the process forks while
            // another thread is inside `get_or_init`, the child waits for that thread forever. If two threads build a
            // client at the same time, one of the two clients is dropped.
            let _already_set = self.client.set(T::from_config(check_options(options)?)?);
        }
    }

    /// Creates a session on the current runtime, and logs the call.
    ///
    /// # Errors
    ///
    /// The error of the call, or of building the client.
    pub(crate) async fn create(
        &self,
        endpoint: &'static Endpoint,
        parameters: &Parameters,
        options: &CallOptions,
    ) -> Result<AnySession> {
        let client = self.get();
        let span = call_span(endpoint, self.host());
        let clock = TokioClock::start();
        let create = async || {
            let client = client?;
            client.process_state()?.create(client.inner(), &clock, endpoint, parameters, options).await
        };
        log_call(span, || clock.now(), create).await
    }

    /// Creates a handshake token for a customer.
    ///
    /// # Errors
    ///
    /// A configuration error if a key is missing or cannot sign.
    pub(crate) fn create_handshake_token(&self, customer_id: &CustomerId) -> Result<HandshakeToken> {
        create_token(self.get()?.inner().config.signing_keys(), customer_id)
    }

    /// Returns the base URL of the service, or `None` if the client is not built yet.
    pub(crate) fn base_url(&self) -> Option<&str> {
        self.client.get().map(|client| client.inner().config.base_url.as_str())
    }

    /// Returns the host of the service for log records, or `None` if the client is not built yet.
    pub(crate) fn host(&self) -> Option<&str> {
        self.client.get().map(|client| client.inner().config.host())
    }

    /// Writes the client's `Debug` output, with the key masked.
    pub(crate) fn fmt_debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.client.get() {
            Some(client) => client.inner().fmt_debug(name, f),
            None => f.debug_struct(name).field("private_key", &None::<()>).finish_non_exhaustive(),
        }
    }
}

/// Checks options. Environment variables are read from `env_override` if a binding has set it, else from the process.
pub(crate) fn check_options(options: ClientOptions) -> Result<Config> {
    let env_override = options.env_override.clone();
    Config::check(options, &|name| read_variable(env_override.as_ref(), name))
}

/// Returns the value of an environment variable: from `env_override` if there is one, else from the process.
pub(crate) fn read_variable(
    env_override: Option<&EnvOverride>,
    name: &'static str,
) -> Result<Option<String>> {
    debug_assert!(VARIABLES.contains(&name), "{name} is not in the list of variables");
    match env_override {
        Some(env_override) => Ok(env_override.get(name).map(|value| value.to_string())),
        None => variable(name),
    }
}

/// Returns whether the environment variable for the key is missing or empty. An empty variable counts as missing,
/// because deployments often empty a variable instead of removing it.
fn lacks_key(options: &ClientOptions) -> Result<bool> {
    Ok(read_variable(options.env_override.as_ref(), KEY_VARIABLE)?.is_none_or(|key| key.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Client, ClientBuilder, Customer, RetentionSessionRequest};
    use std::collections::HashMap;
    use std::sync::Arc;
    use std::time::Duration;

    /// Rules: S1
    #[tokio::test]
    async fn missing_key_defers_building_but_no_other_check() {
        let builder =
            || ClientBuilder::default().allow_missing_key().base_url("http://sandbox.example:12780");
        let client = builder().build().unwrap();
        assert_eq!(client.base_url(), None);
        assert!(format!("{client:?}").contains("private_key: None"));
        let request = RetentionSessionRequest::new(Customer::by_id("cus_1").unwrap());
        let error = client.create_retention_session(&request).await.unwrap_err();
        assert!(error.to_string().contains("RENUMERATE_PRIVATE_KEY"), "{error}");

        assert_eq!(builder().timeout(Duration::ZERO).build().unwrap_err().field(), Some("timeout"));
        assert_eq!(builder().private_key("").build().unwrap_err().field(), Some("private_key"));
        // This key is not a sandbox key, so it must not be sent over plain HTTP.
        assert_eq!(builder().private_key("sk_live_planted").build().unwrap_err().field(), Some("base_url"));
        assert!(ClientBuilder::default().build().is_err());
    }

    /// Rules: S1, S2
    #[test]
    fn env_override_replaces_the_process_environment() {
        let with_options = |options: ClientOptions| ClientBuilder::<Client>::new(options);
        let env_override = |name: &str, value: &str| {
            Some(Arc::new(HashMap::from([(name.to_owned(), value.to_owned().into())])))
        };
        let client = with_options(ClientOptions {
            private_key: Some("sk_live_planted".to_owned().into()),
            env_override: env_override("RENUMERATE_BASE_URL", "https://eu.example.com"),
            ..ClientOptions::default()
        });
        assert_eq!(client.build().unwrap().base_url(), Some("https://eu.example.com/"));
        let lazy = |value| {
            with_options(ClientOptions {
                allow_missing_key: true,
                env_override: env_override(KEY_VARIABLE, value),
                ..ClientOptions::default()
            })
        };
        let built = lazy("sk_live_planted").build().unwrap();
        assert!(built.base_url().is_some());
        assert!(!format!("{:?} {built:?}", lazy("sk_live_planted")).contains("planted"));
        assert!(lazy("").build().unwrap().base_url().is_none());
    }
}
