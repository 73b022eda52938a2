//! A client whose key may come later: builds of applications make clients in processes without secrets.

use std::fmt;
use std::sync::OnceLock;

use crate::binding::Variables;
use crate::builder::ClientBuilder;
use crate::call::Core;
use crate::config::Config;
use crate::error::Result;
use crate::sources::{KEY_VARIABLE, environment};

/// Stands in for the key that is missing while the other settings are checked. With a sandbox's key every base URL
/// passes: which ones may be used is told when the key is there.
pub(crate) const STAND_IN: &str = "sk_sandbox_stand_in";

/// What a client is made of.
pub(crate) trait FromConfig: Sized {
    fn from_config(config: Config) -> Result<Self>;
    fn core(&self) -> &Core;
}

/// What a client is made of, or the settings that it will be made of.
pub(crate) struct Late<T> {
    made: OnceLock<T>,
    settings: Option<ClientBuilder>,
}

impl<T: FromConfig> Late<T> {
    /// Checks the settings. Where they lack nothing but a key, and may, they wait for it.
    pub(crate) fn new(settings: ClientBuilder) -> Result<Self> {
        if settings.key_may_come_later && settings.private_key.is_none() && lacks_key(&settings)? {
            check(settings.clone().private_key(STAND_IN))?;
            return Ok(Self { made: OnceLock::new(), settings: Some(settings) });
        }
        let made = T::from_config(check(settings)?)?;
        Ok(Self { made: OnceLock::from(made), settings: None })
    }

    /// What the client is made of; the settings are looked at again where they lacked a key.
    pub(crate) fn get(&self) -> Result<&T> {
        loop {
            if let Some(made) = self.made.get() {
                return Ok(made);
            }
            let settings = self.settings.clone().unwrap_or_default();
            // Made outside the lock, in which a fork could catch it. Where two threads make one each, one is dropped.
            let _already_there = self.made.set(T::from_config(check(settings)?)?);
        }
    }

    /// Where the service is, once there is a key.
    pub(crate) fn base_url(&self) -> Option<&str> {
        self.made.get().map(|made| made.core().config.base_url.as_str())
    }

    pub(crate) fn show(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.made.get() {
            Some(made) => made.core().show(name, f),
            None => f.debug_struct(name).field("private_key", &None::<()>).finish_non_exhaustive(),
        }
    }
}

pub(crate) fn check(settings: ClientBuilder) -> Result<Config> {
    let variables = settings.variables.clone();
    Config::check(settings, &|name| look_up(variables.as_ref(), name))
}

pub(crate) fn look_up(variables: Option<&Variables>, name: &'static str) -> Result<Option<String>> {
    match variables {
        Some(variables) => Ok(variables.get(name).map(|value| value.to_string())),
        None => environment(name),
    }
}

/// An empty variable is how a deployment says that it has none.
fn lacks_key(settings: &ClientBuilder) -> Result<bool> {
    Ok(look_up(settings.variables.as_ref(), KEY_VARIABLE)?.is_none_or(|key| key.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Customer, RetentionSessionRequest};
    use std::time::Duration;

    /// Rules: S1
    #[test]
    fn a_missing_key_waits_for_the_first_call_and_nothing_else_does() {
        let given = || ClientBuilder::default().key_may_come_later().base_url("http://sandbox.example:12780");
        let client = given().build_blocking().unwrap();
        assert_eq!(client.base_url(), None);
        assert!(format!("{client:?}").contains("private_key: None"));
        let request = RetentionSessionRequest::new(Customer::by_id("cus_1").unwrap());
        let error = client.create_retention_session(&request).unwrap_err();
        assert!(error.message().contains("RENUMERATE_PRIVATE_KEY"), "{error}");

        assert_eq!(given().timeout(Duration::ZERO).build().unwrap_err().field(), Some("timeout"));
        assert_eq!(given().private_key("").build().unwrap_err().field(), Some("private_key"));
        // A key that is there is no key of a sandbox: it must not travel in the clear.
        assert_eq!(given().private_key("sk_live_planted").build().unwrap_err().field(), Some("base_url"));
        assert!(ClientBuilder::default().build().is_err());
    }

    /// Rules: S1, S2
    #[test]
    fn variables_that_a_language_shows_are_looked_up_instead_of_the_processs() {
        let shown = |name: &str, value: &str| [(name.to_owned(), value.to_owned())];
        let given = || ClientBuilder::default().private_key("sk_live_planted");
        let client =
            given().variables(shown("RENUMERATE_BASE_URL", "https://eu.example.com")).build().unwrap();
        assert_eq!(client.base_url(), Some("https://eu.example.com/"));
        let late = ClientBuilder::default().key_may_come_later();
        let made = late.clone().variables(shown(KEY_VARIABLE, "sk_live_planted")).build().unwrap();
        assert!(made.base_url().is_some());
        assert!(!format!("{late:?} {made:?}").contains("planted"));
        assert!(late.variables(shown(KEY_VARIABLE, "")).build().unwrap().base_url().is_none());
    }
}
