//! Configuration of a client: validates the options. Absent options are replaced by environment variables or defaults.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ::url::{Position, Url};

mod binding;
mod endpoints;
mod env;
mod option_value;
mod options;
mod proxy;
mod signing_keys;
mod url;

pub(crate) use binding::{BindingInfo, EnvOverride};
pub(crate) use endpoints::ResolvedEndpoints;
pub use env::SettingSource;
pub(crate) use env::{
    KEY_VARIABLE, PUBLIC_KEY_VARIABLE, VARIABLES, named_by, resolve, resolve_key, variable,
};
pub use option_value::OptionValue;
pub(crate) use option_value::{CONNECTIONS, RETRIES, check_range, check_timeout, describe_range};
pub(crate) use options::{
    CALL_OPTIONS, CLIENT_OPTIONS, ClientOptions, OptionRow, Setter, names, unknown_call_option,
    unknown_option,
};
pub use options::{CallOptions, OptionType};
pub(crate) use proxy::{DirectReason, NO_PROXY, ProxyServer, Route, never_matching};
pub(crate) use signing_keys::SigningKeys;
pub(crate) use url::{service_url, unbracketed};

use crate::error::{Error, Message, Name, Peer, Result};
use crate::redact::{BrandKey, PublicKey};
use crate::retry::TokenBucket;
#[cfg(feature = "client")]
use crate::slots::{CallSlots, SharedSlots};
use url::{is_loopback, validate_base_url};

const DEFAULT_BASE_URL: &str = "https://api.renumerate.com";
const BASE_URL_VARIABLE: &str = "RENUMERATE_BASE_URL";
const LOCAL_WIDGETS: &str = "https://localhost:4321";
const APP_INFO_MAX_CHARS: usize = 128;

/// The validated and complete settings of a client.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) key: BrandKey,
    key_source: SettingSource,
    public_key: Option<PublicKey>,
    public_key_source: SettingSource,
    pub(crate) base_url: Url,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_retries: u32,
    pub(crate) max_connections: u32,
    pub(crate) route: Route,
    pub(crate) base_url_source: SettingSource,
    pub(crate) ca_bundle: Option<(PathBuf, SettingSource)>,
    /// A PEM file of certificates that the host language's runtime trusts.
    pub(crate) host_ca_file: Option<PathBuf>,
    pub(crate) user_agent: String,
    pub(crate) endpoints: ResolvedEndpoints,
    pub(crate) token_bucket: Arc<TokenBucket>,
    #[cfg(feature = "client")]
    shared_slots: Option<SharedSlots>,
}

impl Config {
    /// Validates the options of a client. If the key, the base URL, the CA bundle or the proxy is absent,
    /// `environment` supplies the value of the option's environment variable. All options that are still absent get their defaults.
    ///
    /// # Errors
    ///
    /// A configuration error with the name of the invalid or missing option.
    pub(crate) fn check(
        options: ClientOptions,
        environment: &dyn Fn(&'static str) -> Result<Option<String>>,
    ) -> Result<Self> {
        let (mut key, key_source) = resolve_key(options.private_key, environment)?;
        let key = BrandKey::new(std::mem::take(&mut *key)).map_err(|error| named_by(error, key_source))?;
        let (public_key, public_key_source) = resolve(options.public_key, PUBLIC_KEY_VARIABLE, environment)?;
        let (base_url, base_url_source) = resolve(options.base_url, BASE_URL_VARIABLE, environment)?;
        let base_url = service_url(base_url.as_deref().unwrap_or(DEFAULT_BASE_URL), &key)
            .map_err(|error| named_by(error, base_url_source))?;
        let (ca_bundle, ca_source) = resolve(options.ca_bundle, "RENUMERATE_CA_BUNDLE", environment)?;
        let loopback = is_loopback(&base_url);
        let widgets_base_url = match options.widgets_base_url {
            Some(url) => {
                Some(validate_base_url("widgets_base_url", &url)?.as_str().trim_end_matches('/').to_owned())
            }
            None => loopback.then(|| LOCAL_WIDGETS.to_owned()),
        };
        let timeout_or =
            |name, value: Option<Duration>, default| check_timeout(name, value.unwrap_or(default));
        let timeout = timeout_or("timeout", options.timeout, Duration::from_secs(25))?;
        let attempt_timeout =
            timeout_or("attempt_timeout", options.attempt_timeout, Duration::from_secs(10))?;
        let connect_timeout = timeout_or("connect_timeout", options.connect_timeout, Duration::from_secs(5))?;
        Ok(Config {
            token_bucket: options.token_bucket.unwrap_or_default(),
            #[cfg(feature = "client")]
            shared_slots: options.shared_slots,
            timeout,
            attempt_timeout,
            connect_timeout,
            max_retries: check_range("max_retries", options.max_retries.unwrap_or(2), &RETRIES)?,
            max_connections: check_range(
                "max_connections",
                options.max_connections.unwrap_or(100),
                &CONNECTIONS,
            )?,
            route: proxy::choose(&base_url, options.proxy.as_ref().map(|url| url.as_str()), environment)?,
            ca_bundle: ca_bundle.map(|file| (file, ca_source)),
            host_ca_file: options.host_ca_file,
            base_url_source,
            user_agent: user_agent(options.binding.as_ref(), options.app_info.as_deref())?,
            endpoints: ResolvedEndpoints::new(&base_url, widgets_base_url.as_deref()),
            base_url,
            key,
            key_source,
            public_key: public_key.map(PublicKey::new),
            public_key_source,
        })
    }
}

impl Config {
    /// Returns the keys that sign handshake tokens.
    pub(crate) fn signing_keys(&self) -> SigningKeys<'_> {
        SigningKeys {
            private_key: (&self.key, self.key_source),
            public_key: (self.public_key.as_ref(), self.public_key_source),
        }
    }

    /// Checks that the sandbox's key is not sent to the service, whose response would say only that the key is invalid.
    /// A client that only creates handshake tokens needs no base URL, so this is a check of a call.
    ///
    /// # Errors
    ///
    /// A configuration error if the key is the sandbox's, and the base URL is not set.
    pub(crate) fn check_recipient(&self) -> Result<()> {
        if self.base_url_source != SettingSource::Default || !self.key.is_default_of_sandbox() {
            return Ok(());
        }
        let problem =
            format!("{BASE_URL_VARIABLE} is empty or not set, but the private key is the sandbox's");
        let remedy = Message::from("set it to the URL that the sandbox prints, or pass ") + Name("base_url");
        Err(Error::configuration(Name("base_url"), problem, remedy))
    }

    /// Returns the host of the service, with the port unless it is the scheme's default: `api.renumerate.com`.
    pub(crate) fn host(&self) -> &str {
        &self.base_url[Position::BeforeHost..Position::AfterPort]
    }

    /// Returns whether the service is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.base_url)
    }

    /// Returns the option or the environment variable to which a text refers: the variable, unless the option was set
    /// explicitly.
    pub(crate) fn setting(&self, option: &'static str) -> Message {
        let (source, variable) = match option {
            "base_url" => (self.base_url_source, Some(BASE_URL_VARIABLE)),
            "private_key" => (self.key_source, Some(KEY_VARIABLE)),
            "proxy" => (self.route.source(), None),
            _ => (SettingSource::Default, None),
        };
        match (source, variable) {
            (SettingSource::Variable(variable), _) | (SettingSource::Default, Some(variable)) => {
                variable.into()
            }
            _ => Name(option).into(),
        }
    }

    /// Returns the host at which an error of a call occurred: the proxy, or the service.
    pub(crate) fn peer(&self, error: &Error) -> Peer {
        if let (true, Some(proxy)) = (error.is_of_proxy(), self.route.proxy()) {
            return Peer { host: proxy.to_string(), setting: Some(self.setting("proxy")), is_proxy: true };
        }
        let is_default = self.base_url_source == SettingSource::Default;
        let setting = (!is_default).then(|| self.setting("base_url"));
        Peer { host: self.host().to_owned(), setting, is_proxy: false }
    }
}

#[cfg(feature = "client")]
impl Config {
    /// Returns the slots of the client's calls. They belong to the current process, unless several clients share them.
    pub(crate) fn slots(&self) -> Arc<CallSlots> {
        match &self.shared_slots {
            Some(shared) => shared.get(self.max_connections),
            None => Arc::new(CallSlots::new(self.max_connections)),
        }
    }
}

fn user_agent(binding: Option<&BindingInfo>, app_info: Option<&str>) -> Result<String> {
    let core = env!("CARGO_PKG_VERSION");
    let platform = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let agent = match binding {
        None => format!("renumerate-rust/{core} (core {core}; {platform})"),
        Some(BindingInfo { name, version, runtime }) => {
            format!("renumerate-{name}/{version} (core {core}; {platform}; {runtime})")
        }
    };
    let Some(app) = app_info else { return Ok(agent) };
    if !is_header_text(app) {
        let problem = Name("app_info") + " is not valid in a header";
        let remedy = "use 1 to 128 visible ASCII characters, such as Shop/1.2";
        return Err(Error::configuration(Name("app_info"), problem, remedy));
    }
    Ok(format!("{agent} {app}"))
}

/// Returns whether the text can be part of a header: 1–128 visible ASCII characters or spaces, without a space at
/// either end.
pub(crate) fn is_header_text(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= APP_INFO_MAX_CHARS
        && text.trim() == text
        && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SUBSCRIPTION;

    fn config(options: ClientOptions) -> Result<Config> {
        Config::check(options, &|_| Ok(None))
    }

    fn with_key() -> ClientOptions {
        ClientOptions { private_key: Some("sk_live_planted".to_owned().into()), ..ClientOptions::default() }
    }

    fn with(base_url: &str) -> ClientOptions {
        ClientOptions { base_url: Some(base_url.to_owned()), ..with_key() }
    }

    fn set(mut options: ClientOptions, name: &str, value: impl Into<OptionValue<'static>>) -> ClientOptions {
        options.set(name, value.into()).unwrap();
        options
    }

    /// Rules: S1, S2, S13
    #[test]
    fn explicit_options_override_variables() {
        let environment = |name| {
            Ok(Some(match name {
                "RENUMERATE_PRIVATE_KEY" => "sk_live_from_env\n".to_owned(),
                "RENUMERATE_BASE_URL" => "https://eu.example.com".to_owned(),
                "RENUMERATE_CA_BUNDLE" => "/nowhere/ca.pem".to_owned(),
                _ => return Ok(None),
            }))
        };
        let config = Config::check(ClientOptions::default(), &environment).unwrap();
        assert_eq!(
            (config.key.expose(), config.base_url.as_str()),
            ("sk_live_from_env", "https://eu.example.com/")
        );
        let ca_bundle = Some(("/nowhere/ca.pem".into(), SettingSource::Variable("RENUMERATE_CA_BUNDLE")));
        assert_eq!(config.ca_bundle, ca_bundle);
        let config = Config::check(with("https://given.example.com"), &environment).unwrap();
        assert_eq!(
            (config.key.expose(), config.base_url.as_str()),
            ("sk_live_planted", "https://given.example.com/")
        );
    }

    /// Rules: S2, S13
    #[test]
    fn empty_variable_counts_as_absent() {
        let environment = |_| Ok(Some(String::new()));
        let options = with_key();
        assert_eq!(
            Config::check(options, &environment).unwrap().base_url.as_str(),
            "https://api.renumerate.com/"
        );
        let error = Config::check(ClientOptions::default(), &environment).unwrap_err();
        assert!(error.field() == Some("private_key") && error.message().contains("is empty"), "{error}");
        let config = Config::check(with_key(), &environment).unwrap();
        assert_eq!(
            config.signing_keys().check().unwrap_err().to_string(),
            "RENUMERATE_PUBLIC_KEY is empty or not set; set it to the brand's public key, or pass public_key"
        );
    }

    /// Rules: S1, S2
    #[test]
    fn base_url_has_a_default_and_the_key_is_required() {
        let options = with_key();
        assert_eq!(config(options).unwrap().base_url.as_str(), "https://api.renumerate.com/");
        let error = config(ClientOptions::default()).unwrap_err();
        assert!(error.field() == Some("private_key") && error.to_string().contains("RENUMERATE_PRIVATE_KEY"));
    }

    /// Rules: S2
    #[test]
    fn sandbox_key_is_not_sent_to_the_service() {
        let options = ClientOptions {
            private_key: Some("sk_sandbox_local".to_owned().into()),
            ..ClientOptions::default()
        };
        let error = config(options.clone()).unwrap().check_recipient().unwrap_err();
        assert_eq!(
            error.to_string(),
            "RENUMERATE_BASE_URL is empty or not set, but the private key is the sandbox's; set it to the URL that the \
             sandbox prints, or pass base_url"
        );
        let explicit = ClientOptions { base_url: Some(DEFAULT_BASE_URL.to_owned()), ..options };
        assert!(config(explicit).unwrap().check_recipient().is_ok());
    }

    /// Rules: S3, S4, S5
    #[test]
    fn timeouts_have_defaults_and_reject_invalid_values() {
        let timeouts = |options| {
            config(options).map(|c| [c.timeout, c.attempt_timeout, c.connect_timeout].map(|d| d.as_secs()))
        };
        assert_eq!(timeouts(with("https://a.b")).unwrap(), [25, 10, 5]);
        let options = set(set(with("https://a.b"), "timeout", 3.0), "attempt_timeout", 2.0);
        assert_eq!(timeouts(set(options, "connect_timeout", 1.0)).unwrap(), [3, 2, 1]);
        assert_eq!(
            timeouts(ClientOptions { timeout: Some(Duration::ZERO), ..with("https://a.b") })
                .unwrap_err()
                .field(),
            Some("timeout")
        );
        assert_eq!(
            timeouts(ClientOptions { connect_timeout: Some(Duration::MAX), ..with("https://a.b") })
                .unwrap_err()
                .field(),
            Some("connect_timeout")
        );
    }

    /// Rules: S16
    #[test]
    fn user_agent_contains_platform_binding_and_app_info() {
        let agent = |app| user_agent(None, app).map_err(|error| error.field().map(str::to_owned));
        let plain = agent(None).unwrap();
        assert!(plain.starts_with("renumerate-rust/0.2.0 (core 0.2.0; ") && plain.ends_with(')'), "{plain}");
        assert_eq!(agent(Some("Shop/1.2 (eu)")).unwrap(), format!("{plain} Shop/1.2 (eu)"));
        let binding = BindingInfo {
            name: "python",
            version: env!("CARGO_PKG_VERSION"),
            runtime: "CPython 3.11.7".to_owned(),
        };
        let binding_agent = user_agent(Some(&binding), None).unwrap();
        assert!(binding_agent.starts_with("renumerate-python/0.2.0 (core 0.2.0; "), "{binding_agent}");
        assert!(binding_agent.ends_with("; CPython 3.11.7)"), "{binding_agent}");
        let long = "x".repeat(129);
        for invalid in ["", " a", "a\r\nx-evil: 1", "a\0", "é", long.as_str()] {
            assert_eq!(agent(Some(invalid)).unwrap_err().as_deref(), Some("app_info"), "{invalid:?}");
        }
    }

    /// Rules: S19
    #[test]
    fn widgets_are_local_if_the_base_url_is_loopback() {
        let widget = |options| config(options).unwrap().endpoints.of(SUBSCRIPTION).widget.clone();
        assert_eq!(widget(with("https://a.b")), "https://subs.renumerate.com");
        assert_eq!(widget(with("http://localhost:1")), "https://localhost:4321/subs");
        let explicit = set(with("http://localhost:1"), "widgets_base_url", "http://w.example:8/w/");
        assert_eq!(widget(explicit), "http://w.example:8/w/subs");
        assert!(config(set(with("https://a.b"), "widgets_base_url", "w")).is_err());
    }
}
