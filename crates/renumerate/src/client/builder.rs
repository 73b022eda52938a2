//! Builder of the async and the blocking client. It collects the options; the `config` module checks them.

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

/// Builder of a [`Client`].
///
/// Each option is optional; its setter states the default. `build` checks all options. An explicit option takes
/// precedence over its environment variable.
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

    /// Sets the brand's private key. Default: the environment variable `RENUMERATE_PRIVATE_KEY`.
    ///
    /// One trailing newline is trimmed. `build` rejects a missing or empty key, and a key with whitespace, quotes, or
    /// control or non-ASCII characters.
    #[must_use]
    pub fn private_key(mut self, key: impl Into<String>) -> Self {
        self.options.private_key = Some(Zeroizing::new(key.into()));
        self
    }

    /// Sets the brand's public key, `pk_…`, which handshake tokens contain. Default: the environment variable
    /// `RENUMERATE_PUBLIC_KEY`.
    ///
    /// Only [`create_handshake_token`](Client::create_handshake_token) needs and checks the key: it must not be the
    /// private key, nor begin with `sk_`, because each browser can read it.
    #[must_use]
    pub fn public_key(mut self, key: impl Into<String>) -> Self {
        self.options.public_key = Some(Zeroizing::new(key.into()));
        self
    }

    /// Sets the base URL of the service. Default: the environment variable `RENUMERATE_BASE_URL`, else
    /// `https://api.renumerate.com`.
    ///
    /// With an `http://` URL, the client sends the key unencrypted. So `build` accepts such a URL only for a loopback
    /// host, or with a sandbox key (`sk_sandbox_…` or `sk_case_…`). `build` also rejects a URL with credentials, a
    /// query or a fragment.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.options.base_url = Some(url.into());
        self
    }

    /// Sets the timeout of a whole call, from the DNS lookup to the last byte of the response body, including all
    /// retries and delays. Default: 25 seconds. `build` rejects zero and more than 24 hours.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Sets the timeout of one attempt, including the response body. Default: 10 seconds. A shorter
    /// [`timeout`](Self::timeout) takes precedence. `build` rejects zero and more than 24 hours.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.options.attempt_timeout = Some(timeout);
        self
    }

    /// Sets the timeout for opening a connection: DNS lookup, TCP and TLS. Default: 5 seconds. A shorter
    /// [`attempt_timeout`](Self::attempt_timeout) or [`timeout`](Self::timeout) takes precedence. `build` rejects zero
    /// and more than 24 hours.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = Some(timeout);
        self
    }

    /// Sets the maximum number of retries after the first attempt, 0–10. Default: 2. `build` rejects more than 10.
    ///
    /// Transient network failures, connect and attempt timeouts, and the statuses 408, 425, 429, 500, 502–504 and
    /// 520–524 are retried within [`timeout`](Self::timeout). The delay before a retry is the delay that the service
    /// asks for with `Retry-After`; without this header, it grows exponentially. If a reused connection turns out to be
    /// closed, the client immediately sends the request once more, and this does not count as a retry.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.options.max_retries = Some(retries);
        self
    }

    /// Sets the maximum number of open connections, 1–10,000. Default: 100. `build` rejects other numbers.
    ///
    /// The limit applies to each client and each process. If that many calls are running, further calls wait in order.
    /// The waiting time counts only against [`timeout`](Self::timeout).
    #[must_use]
    pub fn max_connections(mut self, connections: u32) -> Self {
        self.options.max_connections = Some(connections);
        self
    }

    /// Sets the proxy, `http://[user:password@]host[:port]` or `https://…`. Default: the environment variables
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. Requests to loopback hosts never use a proxy.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.options.proxy = Some(Zeroizing::new(url.into()));
        self
    }

    /// Adds the root certificates of a PEM file, such as those of a company's own CA. The certificate of a self-signed
    /// server works, too. The client also trusts the platform's and the bundled roots. The file is read when the client
    /// is built. Default: the file named by the environment variable `RENUMERATE_CA_BUNDLE`, else no file.
    #[must_use]
    pub fn ca_bundle(mut self, file: impl AsRef<Path>) -> Self {
        self.options.ca_bundle = Some(file.as_ref().to_owned());
        self
    }

    /// Appends your application's name and version, such as `Shop/1.2`, to the user agent. Default: nothing.
    ///
    /// The text must have 1–128 characters: visible ASCII characters or spaces, without a space at either end.
    #[must_use]
    pub fn app_info(mut self, name_and_version: impl Into<String>) -> Self {
        self.options.app_info = Some(name_and_version.into());
        self
    }

    /// Sets the base URL of the widgets that [`Session::url`](crate::Session::url) points to. The client appends
    /// the widget's path, such as `/retention`, to this URL.
    ///
    /// Default: the vendor's hosts. If [`base_url`](Self::base_url) is on loopback, the default is
    /// `https://localhost:4321`. The vendor's browser library also uses `https://localhost:4321` if `RENUMERATE_LOCAL`
    /// is set. `build` rejects a URL with credentials, a query or a fragment.
    #[must_use]
    pub fn widgets_base_url(mut self, url: impl Into<String>) -> Self {
        self.options.widgets_base_url = Some(url.into());
        self
    }

    /// Allows a client without a private key, for example in the build process of an application. Default: a missing
    /// key is an error.
    ///
    /// If `build` finds no key, each call reads `RENUMERATE_PRIVATE_KEY` again, until it contains a valid key. As long
    /// as the key is missing or invalid, a call returns an error of the kind
    /// [`Configuration`](crate::ErrorKind::Configuration). `build` still checks all other options, and the key if there
    /// is one.
    #[must_use]
    pub fn allow_missing_key(mut self) -> Self {
        self.options.allow_missing_key = true;
        self
    }

    /// Sets an option by name, for callers that know the names of options only at run time.
    ///
    /// `name` is the name of a setter of this builder that has one argument, such as `timeout`. The value of a timeout
    /// is a number of seconds above zero, or [`OptionValue::Milliseconds`].
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
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for an unknown name, or a value that has the
    /// wrong type or is out of range. The message for an unknown name suggests the closest option.
    pub fn option<'a>(mut self, name: &str, value: impl Into<OptionValue<'a>>) -> Result<Self> {
        self.options.set(name, value.into())?;
        Ok(self)
    }
}

impl ClientBuilder {
    /// Checks the options and builds the client. Opens no connection and starts no thread.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), with the invalid option as
    /// [`field`](crate::Error::field), if the key is missing or invalid, a URL is invalid, the certificate file is
    /// unusable, or a number or text is out of range.
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
    fn builder_debug_output_hides_text_options() {
        let builder = ClientBuilder::default().private_key("planted").base_url("planted").proxy("planted");
        assert!(!format!("{builder:?}").contains("planted"));
    }

    /// Rules: V7
    #[test]
    fn options_are_set_by_name_and_unknown_names_are_rejected() {
        for row in &CLIENT_OPTIONS {
            let value = match row.value_type() {
                OptionType::Text => OptionValue::from("x"),
                OptionType::Timeout | OptionType::WholeNumber => 1.0.into(),
            };
            assert!(ClientBuilder::default().option(row.name, value).is_ok(), "{}", row.name);
        }
        for row in &CALL_OPTIONS {
            assert!(CallOptions::new().option(row.name, 1.0).is_ok(), "{}", row.name);
        }
        let error = ClientBuilder::default().option("baseUrl", "x").unwrap_err();
        assert!(error.to_string().contains("did you mean base_url?"), "{error}");
        assert!(
            CallOptions::new().option("time_out", 1.0).unwrap_err().to_string().contains("mean timeout?")
        );
        let error = CallOptions::new().option("proxy", 1.0).unwrap_err();
        assert!(error.message().contains("of the client, not of a call"), "{error}");
    }
}
