//! Options of clients and calls before validation. The tables list all options, so that a caller can set each option by
//! its name.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::binding::{BindingInfo, EnvOverride};
use super::option_value::{CONNECTIONS, OptionValue, RETRIES};
use crate::error::{Error, Message, Name, Result};
use crate::model::{closest_match, truncate};
use crate::retry::TokenBucket;
#[cfg(feature = "client")]
use crate::slots::SharedSlots;

/// An option of the public API: its name, and the function that stores its value. `O` is the struct that stores the
/// values of all options.
pub(crate) struct OptionRow<O> {
    pub(crate) name: &'static str,
    pub(crate) setter: Setter<O>,
}

/// The type of an option, with the function that stores a checked value.
pub(crate) enum Setter<O> {
    Text(fn(&mut O, String)),
    Timeout(fn(&mut O, Duration)),
    WholeNumber { range: RangeInclusive<u32>, set: fn(&mut O, u32) },
}

/// The type of an option's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionType {
    /// Text.
    Text,
    /// A duration above zero, at most 24 hours.
    Timeout,
    /// A whole number. Each option has a range of its own.
    WholeNumber,
}

impl<O> OptionRow<O> {
    /// Returns the type of the option's values.
    pub(crate) fn value_type(&self) -> OptionType {
        match self.setter {
            Setter::Text(_) => OptionType::Text,
            Setter::Timeout(_) => OptionType::Timeout,
            Setter::WholeNumber { .. } => OptionType::WholeNumber,
        }
    }

    /// Checks the type and the range of the value, and stores it. An absent value changes nothing.
    ///
    /// # Errors
    ///
    /// A configuration error if the value has the wrong type or is out of range.
    pub(crate) fn set(&self, options: &mut O, value: OptionValue<'_>) -> Result<()> {
        if value == OptionValue::Absent {
            return Ok(());
        }
        match &self.setter {
            Setter::Text(set) => set(options, value.into_text(self.name)?),
            Setter::Timeout(set) => set(options, value.into_seconds(self.name)?),
            Setter::WholeNumber { range, set } => set(options, value.into_whole_number(self.name, range)?),
        }
        Ok(())
    }
}

/// All options of a client. A new option also needs a field of `ClientOptions`, a setter of `ClientBuilder` and a check
/// in `Config::check`.
pub(crate) static CLIENT_OPTIONS: [OptionRow<ClientOptions>; 12] = [
    OptionRow { name: "private_key", setter: Setter::Text(|o, v| o.private_key = Some(Zeroizing::new(v))) },
    OptionRow { name: "public_key", setter: Setter::Text(|o, v| o.public_key = Some(Zeroizing::new(v))) },
    OptionRow { name: "base_url", setter: Setter::Text(|o, v| o.base_url = Some(v)) },
    OptionRow { name: "timeout", setter: Setter::Timeout(|o, v| o.timeout = Some(v)) },
    OptionRow { name: "attempt_timeout", setter: Setter::Timeout(|o, v| o.attempt_timeout = Some(v)) },
    OptionRow { name: "connect_timeout", setter: Setter::Timeout(|o, v| o.connect_timeout = Some(v)) },
    OptionRow {
        name: "max_retries",
        setter: Setter::WholeNumber { range: RETRIES, set: |o, v| o.max_retries = Some(v) },
    },
    OptionRow {
        name: "max_connections",
        setter: Setter::WholeNumber { range: CONNECTIONS, set: |o, v| o.max_connections = Some(v) },
    },
    OptionRow { name: "proxy", setter: Setter::Text(|o, v| o.proxy = Some(Zeroizing::new(v))) },
    OptionRow { name: "ca_bundle", setter: Setter::Text(|o, v| o.ca_bundle = Some(v.into())) },
    OptionRow { name: "app_info", setter: Setter::Text(|o, v| o.app_info = Some(v)) },
    OptionRow { name: "widgets_base_url", setter: Setter::Text(|o, v| o.widgets_base_url = Some(v)) },
];

/// All options of a call.
pub(crate) static CALL_OPTIONS: [OptionRow<CallOptions>; 2] = [
    OptionRow { name: "timeout", setter: Setter::Timeout(|o, v| o.timeout = Some(v)) },
    OptionRow {
        name: "max_retries",
        setter: Setter::WholeNumber { range: RETRIES, set: |o, v| o.max_retries = Some(v) },
    },
];

/// Returns the names of the options in a table, in the order of the rows.
pub(crate) fn names<O>(rows: &[OptionRow<O>]) -> Vec<&'static str> {
    rows.iter().map(|row| row.name).collect()
}

/// The options of a client before validation. `None` means that the default applies.
#[derive(Clone, Default)]
pub(crate) struct ClientOptions {
    pub(crate) private_key: Option<Zeroizing<String>>,
    pub(crate) public_key: Option<Zeroizing<String>>,
    pub(crate) base_url: Option<String>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) max_connections: Option<u32>,
    pub(crate) proxy: Option<Zeroizing<String>>,
    pub(crate) ca_bundle: Option<PathBuf>,
    pub(crate) app_info: Option<String>,
    pub(crate) widgets_base_url: Option<String>,
    pub(crate) allow_missing_key: bool,
    // Only bindings set the options below.
    pub(crate) binding: Option<BindingInfo>,
    pub(crate) env_override: Option<EnvOverride>,
    pub(crate) host_ca_file: Option<PathBuf>,
    pub(crate) token_bucket: Option<Arc<TokenBucket>>,
    #[cfg(feature = "client")]
    pub(crate) shared_slots: Option<SharedSlots>,
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omit all text options: they are not validated yet, so any of them may contain a key by mistake.
        f.debug_struct("ClientOptions")
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("max_retries", &self.max_retries)
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

impl ClientOptions {
    /// Sets an option by name.
    ///
    /// # Errors
    ///
    /// A configuration error for an unknown name, or for a value that has the wrong type or is out of range.
    pub(crate) fn set(&mut self, name: &str, value: OptionValue<'_>) -> Result<()> {
        match CLIENT_OPTIONS.iter().find(|row| row.name == name) {
            Some(row) => row.set(self, value),
            None => Err(unknown_option(name, &names(&CLIENT_OPTIONS))),
        }
    }
}

/// The options of one call. They override the options of the client.
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
    /// Creates options that override nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the timeout of the whole call, including retries. Default: the client's `timeout`.
    ///
    /// The call fails with a configuration error if the timeout is zero or more than 24 hours.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Sets the maximum number of retries of this call, 0–10. Default: the client's `max_retries`.
    ///
    /// The call fails with a configuration error if the number is more than 10.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// Sets an option by its name. Timeouts are in seconds. See
    /// [`ClientBuilder::option`](crate::ClientBuilder::option).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for an unknown name, or for a value that has the
    /// wrong type or is out of range.
    pub fn option<'a>(mut self, name: &str, value: impl Into<OptionValue<'a>>) -> Result<Self> {
        match CALL_OPTIONS.iter().find(|row| row.name == name) {
            Some(row) => row.set(&mut self, value.into())?,
            None => return Err(unknown_call_option(name, &names(&CALL_OPTIONS))),
        }
        Ok(self)
    }
}

fn misplaced_client_option(name: &'static str) -> Error {
    let problem = Name(name) + " is an option of the client, not of a call";
    Error::configuration(Name(name), problem, "set it on the client")
}

/// Creates the error for an unknown option name. The error suggests the closest known name, or lists all names.
pub(crate) fn unknown_option(name: &str, known: &[&'static str]) -> Error {
    let advice = match closest_match(name, known) {
        Some(known) => Message::from("did you mean ") + Name(known) + "?",
        None => Message::from("use one of ") + Message::list(known),
    };
    let name = truncate(name);
    let problem = format!("there is no option {name:?}");
    Error::configuration(name, problem, advice)
}

/// Creates the error for an unknown option name of a call. If the name resembles an option that only a client has, the
/// error says that this is an option of the client.
pub(crate) fn unknown_call_option(name: &str, known: &[&'static str]) -> Error {
    match (closest_match(name, known), closest_match(name, &names(&CLIENT_OPTIONS))) {
        (_, Some(option)) if !known.contains(&option) => misplaced_client_option(option),
        _ => unknown_option(name, known),
    }
}
