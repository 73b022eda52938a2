//! How settings are given: by setter, by name, for a client or for one call. What they may be is checked in `config`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::binding::{Language, Variables};
use crate::blocking;
use crate::client::Client;
use crate::error::Result;
use crate::late::Late;
use crate::options::{OptionValue, unknown_call_option, unknown_option};
use crate::retry::Budget;

/// What a builder takes by name.
pub(crate) const OPTIONS: [&str; 10] = [
    "private_key",
    "base_url",
    "timeout",
    "attempt_timeout",
    "connect_timeout",
    "max_retries",
    "proxy",
    "ca_bundle",
    "app_info",
    "widgets_base_url",
];

/// What a call takes by name.
pub(crate) const CALL_OPTIONS: [&str; 2] = ["timeout", "max_retries"];

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
#[derive(Clone, Default)]
pub struct ClientBuilder {
    pub(crate) private_key: Option<Zeroizing<String>>,
    pub(crate) base_url: Option<String>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) proxy: Option<Zeroizing<String>>,
    pub(crate) ca_bundle: Option<PathBuf>,
    pub(crate) app_info: Option<String>,
    pub(crate) widgets_base_url: Option<String>,
    pub(crate) key_may_come_later: bool,
    pub(crate) binding: Option<Language>,
    pub(crate) variables: Option<Variables>,
    pub(crate) runtimes_ca_file: Option<PathBuf>,
    pub(crate) budget: Option<Arc<Budget>>,
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing is checked yet: a key may stand in any of the texts.
        f.debug_struct("ClientBuilder")
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("max_retries", &self.max_retries)
            .finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// The brand's private key. Default: the variable `RENUMERATE_PRIVATE_KEY`.
    #[must_use]
    pub fn private_key(mut self, key: impl Into<String>) -> Self {
        self.private_key = Some(Zeroizing::new(key.into()));
        self
    }

    /// Where the service is. Default: the variable `RENUMERATE_BASE_URL`, else `https://api.renumerate.com`.
    ///
    /// `http://` is taken for loopback only, or for any host with a key of the sandbox (`sk_sandbox_…`): another
    /// key would travel in the clear.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The limit of a whole call, from the name look-up to the last byte of the body. Default: 25 s.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// The limit of one attempt, its body included. Default: 10 s, or `timeout` where that is shorter.
    #[must_use]
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = Some(limit);
        self
    }

    /// The limit of opening a connection: name look-up, TCP and TLS. Default: 5 s, or what is shorter above.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// How often a call that failed is tried again, 0–10. Default: 2.
    ///
    /// Tried again are network failures, timeouts of an attempt, and the statuses 408, 425, 429, 500, 502–504 and
    /// 520–524, after a growing wait or the one that the service asks for, all within `timeout`. Beside these, a kept
    /// connection that turns out to be closed is replaced at once, and not counted.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// The proxy to go through, `http://[user:password@]host[:port]` or `https://…`. Default: the variables
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. Loopback is always reached directly.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(Zeroizing::new(url.into()));
        self
    }

    /// A PEM file of certificates to trust beside the platform's and the bundled ones: a company's own authority,
    /// say. It is read when the client is built. Default: the variable `RENUMERATE_CA_BUNDLE`.
    #[must_use]
    pub fn ca_bundle(mut self, file: impl AsRef<Path>) -> Self {
        self.ca_bundle = Some(file.as_ref().to_owned());
        self
    }

    /// Your application's name and version, `Shop/1.2`, added to the user agent. At most 128 visible ASCII
    /// characters and spaces.
    #[must_use]
    pub fn app_info(mut self, name_and_version: impl Into<String>) -> Self {
        self.app_info = Some(name_and_version.into());
        self
    }

    /// Where the widgets are that [`Session::url`](crate::Session::url) points to: `/retention` and `/subs` below
    /// it. Default: the vendor's hosts, or `https://localhost:4321` with a base URL on loopback, which is where the
    /// vendor's browser library looks with `RENUMERATE_LOCAL`.
    #[must_use]
    pub fn widgets_base_url(mut self, url: impl Into<String>) -> Self {
        self.widgets_base_url = Some(url.into());
        self
    }

    /// Lets a client be made where there is no key yet, as in the build of an application: the first call looks for
    /// `RENUMERATE_PRIVATE_KEY` again and fails where there still is none. A key that is given is checked all the same.
    #[must_use]
    pub fn key_may_come_later(mut self) -> Self {
        self.key_may_come_later = true;
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
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for an unknown name, naming the nearest known
    /// one, and for a value of the wrong type or out of range.
    pub fn option<'a>(self, name: &str, value: impl Into<OptionValue<'a>>) -> Result<Self> {
        let value = value.into();
        Ok(match name {
            "private_key" => self.private_key(value.into_text("private_key")?),
            "base_url" => self.base_url(value.into_text("base_url")?),
            "timeout" => self.timeout(value.into_seconds("timeout")?),
            "attempt_timeout" => self.attempt_timeout(value.into_seconds("attempt_timeout")?),
            "connect_timeout" => self.connect_timeout(value.into_seconds("connect_timeout")?),
            "max_retries" => self.max_retries(value.into_retries("max_retries")?),
            "proxy" => self.proxy(value.into_text("proxy")?),
            "ca_bundle" => self.ca_bundle(value.into_text("ca_bundle")?),
            "app_info" => self.app_info(value.into_text("app_info")?),
            "widgets_base_url" => self.widgets_base_url(value.into_text("widgets_base_url")?),
            _ => return Err(unknown_option(name, &OPTIONS)),
        })
    }

    /// Checks the settings and makes the client. It opens no connection and starts no thread.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), with the option at fault as
    /// [`field`](crate::Error::field): no key, a key or URL that cannot be used, a certificate file that cannot be read, a
    /// limit out of range.
    pub fn build(self) -> Result<Client> {
        Ok(Client(Arc::new(Late::new(self)?)))
    }

    /// The same for callers without a runtime: a [`blocking::Client`].
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    pub fn build_blocking(self) -> Result<blocking::Client> {
        Ok(blocking::Client(Arc::new(Late::new(self)?)))
    }
}

/// What one call does differently from its client.
///
/// ```
/// use std::time::Duration;
/// use renumerate::CallOptions;
///
/// let options = CallOptions::new().timeout(Duration::from_secs(3)).max_retries(0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_retries: Option<u32>,
}

impl CallOptions {
    /// The client's own settings throughout.
    pub fn new() -> Self {
        Self::default()
    }

    /// The limit of this whole call. The call refuses zero and more than a day.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// How often this call is tried again, 0–10. The call refuses more.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// Sets an option by its name: see [`ClientBuilder::option`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for an unknown name and for a value of the
    /// wrong type or out of range.
    pub fn option<'a>(self, name: &str, value: impl Into<OptionValue<'a>>) -> Result<Self> {
        match name {
            "timeout" => Ok(self.timeout(value.into().into_seconds("timeout")?)),
            "max_retries" => Ok(self.max_retries(value.into().into_retries("max_retries")?)),
            _ => Err(unknown_call_option(name, &CALL_OPTIONS, &OPTIONS)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: X1
    #[test]
    fn a_builder_shows_none_of_its_texts() {
        let builder = ClientBuilder::default().private_key("planted").base_url("planted").proxy("planted");
        assert!(!format!("{builder:?}").contains("planted"));
    }

    /// Rules: V7
    #[test]
    fn every_option_has_a_name_and_an_unknown_one_is_refused() {
        for name in OPTIONS {
            let value = if name.ends_with("timeout") || name == "max_retries" {
                1.0.into()
            } else {
                OptionValue::from("x")
            };
            assert!(ClientBuilder::default().option(name, value).is_ok(), "{name}");
        }
        for name in CALL_OPTIONS {
            assert!(CallOptions::new().option(name, 1.0).is_ok(), "{name}");
        }
        let error = ClientBuilder::default().option("baseUrl", "x").unwrap_err();
        assert!(error.message().contains("did you mean base_url?"), "{error}");
        assert!(CallOptions::new().option("time_out", 1.0).unwrap_err().message().contains("mean timeout?"));
        let error = CallOptions::new().option("proxy", 1.0).unwrap_err();
        assert!(error.message().contains("of the client, not of a call"), "{error}");
    }
}
