//! Completes the error of a call: the host, and hints about what to do. Some hints are about suspicious parameters. The
//! client sends such parameters anyway, because only the service can decide whether they are valid.

use crate::config::Config;
use crate::error::{Error, ErrorKind, Message, Name, NetworkPhase, TimeoutScope, seconds};
use crate::model::NamedValue;

/// The hint for a key that begins with `pk_`.
pub(crate) const PUBLIC_KEY: &str = "the private key begins with pk_, so it is probably the public key";

/// Page of the vendor about the statuses.
const ERROR_REFERENCE: &str = "see https://docs.renumerate.com/reference/error-reference";

/// Texts that a program writes for a missing value.
const MISSING_VALUES: [&str; 5] = ["undefined", "null", "None", "nil", "NaN"];

/// Completes the error of a call. Adds the host, a remedy, and hints about suspicious parameters. Names the environment
/// variable instead of an option that it has set.
pub(crate) fn explain(error: Error, parameters: &[NamedValue<'_>], config: &Config) -> Error {
    let peer = config.peer(&error);
    let mut hints = suspicions(&error, parameters, config);
    // The transport has added a hint if it knows a better remedy. A suspicion is a remedy, too, but only one about the key
    // explains that the key was rejected.
    let is_explained = match error.kind() {
        ErrorKind::Authentication => hints.last().is_some_and(|hint| hint.as_str() == PUBLIC_KEY),
        _ => !hints.is_empty() || error.hints().next().is_some(),
    };
    if !is_explained {
        hints.extend(remedy(&error, config));
    }
    if let (Some(proxy), false) = (config.route.proxy(), error.is_of_proxy()) {
        hints.push(Message::from(format!("sent through the proxy {proxy} (")) + Name("proxy") + ")");
    }
    let is_of_proxy = error.is_of_proxy();
    hints
        .into_iter()
        .fold(error, Error::with_hint)
        .with_settings(|name| match name {
            // The text of a TLS failure does not know which server it is about.
            "base_url" if is_of_proxy => Some(config.setting("proxy")),
            "base_url" => Some(config.setting("base_url")),
            "proxy" => Some(config.setting("proxy")),
            _ => None,
        })
        .with_peer(peer, config.setting("private_key"))
}

/// Returns what to do about an error of a call.
fn remedy(error: &Error, config: &Config) -> Option<Message> {
    const IS_IT_RUNNING: &str = "is the sandbox or service running?";
    const CHECK_PROXY: &str = "check the proxy";
    const TRY_AGAIN: &str = "try again later";
    const CHECK_NETWORK: &str = "check this machine's network and firewall";
    let base_url = || Message::from(Name("base_url"));
    let connecting = || match (error.is_of_proxy(), error.phase()) {
        (true, _) => CHECK_PROXY,
        (false, Some(NetworkPhase::Dns)) => "check the host name and this machine's DNS",
        (false, _) if config.is_loopback() => IS_IT_RUNNING,
        (false, _) => CHECK_NETWORK,
    };
    Some(match (error.kind(), error.status()) {
        (ErrorKind::Network, Some(_)) => "try again later, or check the proxy".into(),
        (ErrorKind::Network, None) => match error.phase() {
            Some(NetworkPhase::Dns | NetworkPhase::Connect) => connecting().into(),
            Some(NetworkPhase::Tls) => {
                Message::from("try again later, or check the host and port of ") + Name("base_url")
            }
            Some(NetworkPhase::Send | NetworkPhase::Read) | None => {
                "try again later, or check any proxy in between".into()
            }
        },
        (ErrorKind::Timeout, _) if error.is_of_proxy() => CHECK_PROXY.into(),
        (ErrorKind::Timeout, _) => match error.timeout_scope() {
            Some(TimeoutScope::Connect) => connecting().into(),
            Some(TimeoutScope::Attempt) => {
                Message::from("try again later, or raise ") + Name("attempt_timeout")
            }
            _ => Message::from("try again later, or raise ") + Name("timeout"),
        },
        (ErrorKind::BadRequest, _) => "check the parameters".into(),
        (ErrorKind::Authentication, Some(401)) => {
            "check that the key belongs to this brand and environment".into()
        }
        (ErrorKind::Authentication, _) => {
            "check that the key has this permission, or a firewall in between".into()
        }
        (ErrorKind::NotFound, _) => "check the ids, and that the key belongs to the same environment".into(),
        (ErrorKind::RateLimited, _) => match error.retry_after() {
            Some(delay) => format!("try again after {}", seconds(delay)).into(),
            None => TRY_AGAIN.into(),
        },
        (ErrorKind::Server, _) if error.has_message() && error.retryable() => TRY_AGAIN.into(),
        (ErrorKind::Server, _) if error.retryable() => {
            Message::from("try again later, or check ") + base_url() + " and any proxy in between"
        }
        (ErrorKind::Server | ErrorKind::Api, _) if error.has_message() => ERROR_REFERENCE.into(),
        (ErrorKind::Server | ErrorKind::Api | ErrorKind::UnexpectedResponse, _) => {
            Message::from("check ") + base_url() + ", or a proxy in between"
        }
        _ => return None,
    })
}

/// Returns hints about parameters and keys that may explain an error with status 400, 401 or 404.
fn suspicions(error: &Error, parameters: &[NamedValue<'_>], config: &Config) -> Vec<Message> {
    let mut hints: Vec<Message> = Vec::new();
    // The service has not seen the parameters of an unexpected response.
    if !matches!(error.status(), Some(400 | 401 | 404)) || error.kind() == ErrorKind::UnexpectedResponse {
        return hints;
    }
    let value = |name| parameters.iter().find(|(known, _)| *known == name).and_then(|(_, value)| *value);
    for name in ["customer_id", "subscription_id"] {
        if value(name).is_some_and(|id| MISSING_VALUES.contains(&id)) {
            hints.push(Name(name) + " looks like a missing value; check where it comes from");
        }
    }
    if let Some(id) = value("customer_id") {
        if id.contains('@') {
            let hint = Name("customer_id") + " looks like an e-mail address; is it meant as ";
            hints.push(hint + Name("customer_email") + "?");
        }
        if id.starts_with("sub_") {
            hints.push(
                Name("customer_id")
                    + " looks like the id of a subscription; ids of customers begin with cus_",
            );
        }
    }
    if value("subscription_id").is_some_and(|id| id.starts_with("cus_")) {
        hints.push(
            Name("subscription_id")
                + " looks like the id of a customer; ids of subscriptions begin with sub_",
        );
    }
    if config.key.expose().starts_with("pk_") {
        hints.push(PUBLIC_KEY.into());
    }
    hints
}
