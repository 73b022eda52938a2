//! The `settings`, `key`, `tokens` and `proxy` checks, which need no network.

use renumerate::ClientBuilder;
use renumerate::diagnostics::{
    self, DiagnosticContext, KeyReport, KeyShape, ResolvedSetting, ServiceRoute, SettingSource, SettingValue,
    Via,
};
use serde_json::{Value, json};

use super::check::{Check, millis};
use crate::args::Client;
use crate::client_options::{builder_without_key, read_key_file};
use crate::error::CliError;

/// Returns the `key` check, and a client builder with the options of the command.
///
/// # Errors
///
/// Returns the failed `settings` check if an option is invalid.
pub(crate) fn key(options: &Client) -> Result<(Check, ClientBuilder), Check> {
    let builder = builder_without_key(options).map_err(|error| failed("settings", &error))?;
    match read_key_file(options.private_key_file.as_deref()) {
        Ok(Some(key)) => {
            let builder = builder.private_key(key);
            Ok((describe(&diagnostics::inspect_key(&builder)), builder))
        }
        Ok(None) => Ok((describe(&diagnostics::inspect_key(&builder)), builder)),
        Err(error) => Ok((failed("key", &error), builder)),
    }
}

fn failed(name: &'static str, error: &CliError) -> Check {
    match error {
        CliError::Client(error) => Check::failed(name, error),
        other => {
            let text = other.to_string();
            let (seen, remedy) = text.rsplit_once("; ").unwrap_or((&text, "use a valid value"));
            Check::failed_with_exit_code(name, seen, remedy, other.exit_code())
        }
    }
}

fn describe(key: &KeyReport) -> Check {
    let mut check = match (&key.error, &key.shape) {
        (Some(error), _) => Check::failed("key", error),
        (None, Some(shape)) => Check::ok("key", describe_shape(shape)),
        (None, None) => Check::skipped("key", "no private key is set"),
    };
    if let Some(KeyShape { kind, characters, newline_trimmed, source, .. }) = &key.shape {
        check = check
            .fact("kind", *kind)
            .fact("characters", *characters)
            .fact("newline_trimmed", *newline_trimmed)
            .fact("from", source_name("private_key", *source));
    }
    match key.warning {
        Some(warning) if !check.has_failed() => {
            let remedy = "use the brand's private key from Renumerate's dashboard";
            check.append_seen(warning).warn(remedy)
        }
        _ => check,
    }
}

fn describe_shape(shape: &KeyShape) -> String {
    let KeyShape { kind, prefix, characters, source, .. } = shape;
    let kind = if prefix.is_empty() {
        "a key of an unknown kind".to_owned()
    } else {
        format!("a {kind} key ({prefix}…)")
    };
    let newline = if shape.newline_trimmed { "; the trailing newline was removed" } else { "" };
    format!("{kind} of {characters} characters from {}{newline}", source_name("private_key", *source))
}

/// Returns the name of a setting's source: an option of the command, a variable, or `default`.
fn source_name(setting: &str, source: SettingSource) -> String {
    match source {
        SettingSource::Explicit => diagnostics::flag(setting),
        SettingSource::Variable(name) => name.to_owned(),
        SettingSource::Default => "default".to_owned(),
    }
}

/// Returns the `tokens` check, which says whether the keys can sign handshake tokens. It is a warning if the keys are
/// unusual, and skipped if there is no public key, because only tokens need it.
pub(crate) fn tokens(context: &DiagnosticContext, has_usable_key: bool) -> Check {
    if !has_usable_key {
        return Check::skipped("tokens", "the check key failed");
    }
    match context.check_signing_keys() {
        None => Check::skipped(
            "tokens",
            "RENUMERATE_PUBLIC_KEY is empty or not set; only handshake tokens need a public key",
        ),
        Some(Ok(())) => match unusual_keys(context) {
            Some(seen) => Check::ok("tokens", seen)
                .warn("copy both keys of the brand, for the same environment, from Renumerate's dashboard"),
            None => Check::ok("tokens", "the public and the private key can sign handshake tokens"),
        },
        Some(Err(error)) => Check::failed("tokens", &error),
    }
}

/// Describes keys that can sign tokens, but are probably not the keys of one brand. Returns `None` for other keys.
fn unusual_keys(context: &DiagnosticContext) -> Option<String> {
    if context.has_unusual_public_key() {
        return Some("the public key does not begin with pk_".to_owned());
    }
    let (private, public) = context.key_environments().filter(|(private, public)| private != public)?;
    Some(format!("the private key is a {private} key, but the public key is a {public} key"))
}

/// Returns the `settings` check, which lists each setting with the setting's source. It fails if a call would send the
/// sandbox's key to the service.
pub(crate) fn settings(context: &DiagnosticContext) -> Check {
    if let Err(error) = context.check_recipient() {
        return Check::failed("settings", &error);
    }
    let settings = context.settings();
    let descriptions = settings.iter().map(|ResolvedSetting { name, value, source }| {
        let value = match value {
            SettingValue::Text(text) => text.clone(),
            SettingValue::Timeout(time) => format!("{time:?}"),
            SettingValue::Count(count) => count.to_string(),
        };
        format!("{name} {value} ({})", source_name(name, *source))
    });
    let seen = descriptions.collect::<Vec<_>>().join(", ");
    settings.iter().fold(Check::ok("settings", seen), |check, ResolvedSetting { name, value, source }| {
        let value: Value = match value {
            SettingValue::Text(text) => text.as_str().into(),
            SettingValue::Timeout(time) => millis(*time).into(),
            SettingValue::Count(count) => (*count).into(),
        };
        check.fact(name, json!({"value": value, "from": source_name(name, *source)}))
    })
}

/// Returns the `proxy` check.
pub(crate) fn proxy(route: &ServiceRoute) -> Check {
    let check = match &route.via {
        Via::Proxy(proxy) => {
            let source = source_name("proxy", proxy.source);
            let seen = format!("requests use the proxy {} ({source})", proxy.url);
            Check::ok("proxy", seen).fact("url", proxy.url.as_str()).fact("from", source)
        }
        Via::Direct { reason } => Check::ok("proxy", format!("no proxy: {reason}")).fact("url", Value::Null),
    };
    if route.never_matching.is_empty() {
        return check;
    }
    let entries = route.never_matching.join(", ");
    check.warn(format!(
        "correct NO_PROXY, in which no host can match {entries}: separate hosts by commas, and write each as a name, an \
         address, a network such as 10.0.0.0/8, or *"
    ))
}
