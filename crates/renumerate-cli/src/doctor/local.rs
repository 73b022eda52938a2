//! What can be seen without a network: the settings, the key's shape, the choice of a proxy.

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

/// The key's shape, and what a client is made of; or the settings' check, where these cannot be used at all.
pub(crate) fn key(given: &Client) -> Result<(Check, ClientBuilder), Check> {
    let builder = builder_without_key(given).map_err(|failure| failed("settings", &failure))?;
    match read_key_file(given) {
        Ok(Some(key)) => {
            let builder = builder.private_key(key);
            Ok((describe(&diagnostics::inspect_key(&builder)), builder))
        }
        Ok(None) => Ok((describe(&diagnostics::inspect_key(&builder)), builder)),
        Err(failure) => {
            let remedy = "give a file that holds the brand's private key and nothing else";
            Ok((failed("key", &failure).or_remedy(remedy), builder))
        }
    }
}

fn failed(name: &'static str, failure: &CliError) -> Check {
    match failure {
        CliError::Client(error) => Check::failed(name, error),
        other => Check::failed_otherwise(name, other.to_string(), other.exit_code()),
    }
}

fn describe(key: &KeyReport) -> Check {
    let mut check = match (&key.error, &key.shape) {
        (Some(error), None) => {
            let mut check = Check::failed("key", error);
            check.remedy = Some("set RENUMERATE_PRIVATE_KEY, or give --private-key-file".to_owned());
            return check;
        }
        (Some(error), Some(shape)) => {
            Check::failed("key", error).and_seen(&format!("it comes from {}", from("key", shape.source)))
        }
        (None, Some(shape)) => Check::ok("key", words(shape)),
        (None, None) => Check::skipped("key", "there is nothing to look at"),
    };
    if let Some(KeyShape { kind, characters, newline_trimmed, source, .. }) = &key.shape {
        check = check
            .fact("kind", *kind)
            .fact("characters", *characters)
            .fact("newline_trimmed", *newline_trimmed)
            .fact("from", from("key", *source));
    }
    match key.warning {
        Some(warning) if !check.has_failed() => {
            let remedy = "give the brand's private key as it stands in the dashboard";
            check.and_seen(warning).warn(remedy)
        }
        _ => check,
    }
}

fn words(shape: &KeyShape) -> String {
    let KeyShape { kind, prefix, characters, source, .. } = shape;
    let kind = if prefix.is_empty() {
        "a key of no known kind".to_owned()
    } else {
        format!("a {kind} key ({prefix}…)")
    };
    let newline = if shape.newline_trimmed { "; the newline behind it is left out" } else { "" };
    format!("{kind} of {characters} characters from {}{newline}", from("key", *source))
}

/// Where a setting comes from, in the command's own names.
fn from(setting: &str, source: SettingSource) -> String {
    match source {
        SettingSource::Explicit if setting == "key" => "--private-key-file".to_owned(),
        SettingSource::Explicit => format!("--{}", setting.replace('_', "-")),
        SettingSource::Variable(name) => name.to_owned(),
        SettingSource::Default => "default".to_owned(),
    }
}

/// The settings, each with where it comes from.
pub(crate) fn settings(setup: &DiagnosticContext) -> Check {
    let settings = setup.settings();
    let words = settings.iter().map(|ResolvedSetting { name, value, source }| {
        let value = match value {
            SettingValue::Text(text) => text.clone(),
            SettingValue::Timeout(time) => format!("{time:?}"),
            SettingValue::Count(count) => count.to_string(),
        };
        format!("{name} {value} ({})", from(name, *source))
    });
    let seen = words.collect::<Vec<_>>().join(", ");
    settings.iter().fold(Check::ok("settings", seen), |check, ResolvedSetting { name, value, source }| {
        let value: Value = match value {
            SettingValue::Text(text) => text.as_str().into(),
            SettingValue::Timeout(time) => millis(*time).into(),
            SettingValue::Count(count) => (*count).into(),
        };
        check.fact(name, json!({"value": value, "from": from(name, *source)}))
    })
}

/// The proxy that the client would take, or why it takes none.
pub(crate) fn proxy(setup: &DiagnosticContext) -> (Check, Option<ServiceRoute>) {
    let route = match setup.route() {
        Ok(route) => route,
        Err(error) => return (Check::failed("proxy", &error), None),
    };
    let check = match &route.via {
        Via::Proxy(proxy) => {
            let from = from("proxy", proxy.source);
            let seen = format!("calls go through {} ({from})", proxy.url);
            Check::ok("proxy", seen).fact("url", proxy.url.as_str()).fact("from", from)
        }
        Via::Direct { reason, remedy } => {
            let check = Check::ok("proxy", format!("none: {reason}")).fact("url", Value::Null);
            match remedy {
                Some(remedy) => check.warn(*remedy),
                None => check,
            }
        }
    };
    (check, Some(route))
}
