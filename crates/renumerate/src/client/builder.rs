//! Builder of both clients. `config` checks what it collects.

use std::fmt;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::Client;
use super::lazy::LazyClient;
use crate::config::{ClientOptions, OptionValue};
use crate::error::Result;

/// Builds a [`Client`]; what is not given has the default that its setter states.
///
/// ```
/// use std::time::Duration;
/// use renumerate::Client;
///
/// let client = Client::builder()
///     .private_key("sk_live_4eC39HqLyjWDarjtT1zdp7dc")
///     .timeout(Duration::from_secs(10))
///     .app_info("Shop/1.2")
///     .build()?;
/// # Ok::<(), renumerate::Error>(())
/// ```
pub struct ClientBuilder<C = Client> {
    pub(crate) options: ClientOptions,
    client: PhantomData<fn() -> C>,
}

impl<C> Clone for ClientBuilder<C> {
    fn clone(&self) -> Self {
        Self { options: self.options.clone(), client: PhantomData }
    }
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self::new(ClientOptions::default())
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientBuilder").field(&self.options).finish()
    }
}

impl<C> ClientBuilder<C> {
    pub(crate) fn new(options: ClientOptions) -> Self {
        Self { options, client: PhantomData }
    }

    /// The brand's private key. Default: the variable `RENUMERATE_PRIVATE_KEY`.
    #[must_use]
    pub fn private_key(mut self, key: impl Into<String>) -> Self {
        self.options.private_key = Some(Zeroizing::new(key.into()));
        self
    }

    /// Where the service is. Default: the variable `RENUMERATE_BASE_URL`, else `https://api.renumerate.com`.
    ///
    /// `http://` is taken for loopback only, or for any host with a key of the sandbox (`sk_sandbox_…`): another
    /// key would travel in the clear.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.options.base_url = Some(url.into());
        self
    }

    /// The limit of a whole call, from the name look-up to the last byte of the body. Default: 25 s.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.options.timeout = Some(limit);
        self
    }

    /// The limit of one attempt, its body included. Default: 10 s, or `timeout` where that is shorter.
    #[must_use]
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.options.attempt_timeout = Some(limit);
        self
    }

    /// The limit of opening a connection: name look-up, TCP and TLS. Default: 5 s, or what is shorter above.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.options.connect_timeout = Some(limit);
        self
    }

    /// FailureClass often a call that failed is tried again, 0–10. Default: 2.
    ///
    /// Tried again are network failures, timeouts of an attempt, and the statuses 408, 425, 429, 500, 502–504 and
    /// 520–524, after a growing wait or the one that the service asks for, all within `timeout`. Beside these, a kept
    /// connection that turns out to be closed is replaced at once, and not counted.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.options.max_retries = Some(retries);
        self
    }

    /// The proxy to go through, `http://[user:password@]host[:port]` or `https://…`. Default: the variables
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. Loopback is always reached directly.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.options.proxy = Some(Zeroizing::new(url.into()));
        self
    }

    /// A PEM file of certificates to trust beside the platform's and the bundled ones: a company's own authority,
    /// say. It is read when the client is built. Default: the variable `RENUMERATE_CA_BUNDLE`.
    #[must_use]
    pub fn ca_bundle(mut self, file: impl AsRef<Path>) -> Self {
        self.options.ca_bundle = Some(file.as_ref().to_owned());
        self
    }

    /// Your application's name and version, `Shop/1.2`, added to the user agent. At most 128 visible ASCII
    /// characters and spaces.
    #[must_use]
    pub fn app_info(mut self, name_and_version: impl Into<String>) -> Self {
        self.options.app_info = Some(name_and_version.into());
        self
    }

    /// Where the widgets are that [`Session::url`](crate::Session::url) points to: `/retention` and `/subs` below
    /// it. Default: the vendor's hosts, or `https://localhost:4321` with a base URL on loopback, which is where the
    /// vendor's browser library looks with `RENUMERATE_LOCAL`.
    #[must_use]
    pub fn widgets_base_url(mut self, url: impl Into<String>) -> Self {
        self.options.widgets_base_url = Some(url.into());
        self
    }

    /// Lets a client be made where there is no key yet, as in the build of an application: the first call looks for
    /// `RENUMERATE_PRIVATE_KEY` again and fails where there still is none. A key that is given is checked all the same.
    #[must_use]
    pub fn allow_missing_key(mut self) -> Self {
        self.options.allow_missing_key = true;
        self
    }

    /// Sets an option by its name, as the setters are called; times are in seconds. For callers that have names
    /// and values instead of types.
    ///
    /// ```
    /// use renumerate::Client;
    ///
    /// let error = Client::builder().option("timout", 5.0).unwrap_err();
    /// assert!(error.to_string().contains("did you mean timeout?"));
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for an unknown name, naming the closest_match known
    /// one, and for a value of the wrong type or out of range.
    pub fn option<'a>(mut self, name: &str, value: impl Into<OptionValue<'a>>) -> Result<Self> {
        self.options.set(name, value.into())?;
        Ok(self)
    }
}

impl ClientBuilder {
    /// Checks the settings and makes the client. It opens no connection and starts no thread.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), with the option at fault as
    /// [`field`](crate::Error::field): no key, a key or URL that cannot be used, a certificate file that cannot be read, a
    /// limit out of range.
    pub fn build(self) -> Result<Client> {
        Ok(Client(Arc::new(LazyClient::new(self.options)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{CALL_OPTIONS, CLIENT_OPTIONS, CallOptions, OptionType};

    /// Rules: X1
    #[test]
    fn a_builder_shows_none_of_its_texts() {
        let builder = ClientBuilder::default().private_key("planted").base_url("planted").proxy("planted");
        assert!(!format!("{builder:?}").contains("planted"));
    }

    /// Rules: V7
    #[test]
    fn every_option_has_a_name_and_an_unknown_one_is_refused() {
        for row in &CLIENT_OPTIONS {
            let value = match row.value_type() {
                OptionType::Text => OptionValue::from("x"),
                OptionType::Timeout | OptionType::Retries => 1.0.into(),
            };
            assert!(ClientBuilder::default().option(row.name, value).is_ok(), "{}", row.name);
        }
        for row in &CALL_OPTIONS {
            assert!(CallOptions::new().option(row.name, 1.0).is_ok(), "{}", row.name);
        }
        let error = ClientBuilder::default().option("baseUrl", "x").unwrap_err();
        assert!(error.message().contains("did you mean base_url?"), "{error}");
        assert!(CallOptions::new().option("time_out", 1.0).unwrap_err().message().contains("mean timeout?"));
        let error = CallOptions::new().option("proxy", 1.0).unwrap_err();
        assert!(error.message().contains("of the client, not of a call"), "{error}");
    }
}
