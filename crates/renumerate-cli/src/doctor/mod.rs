//! `renumerate doctor`: finds problems with the connection between this machine and the service. The core crate runs
//! the steps of a call. This module describes the result of each step and adds remedies.

mod call;
mod certificate;
mod check;
mod local;
mod network;
mod report;
mod tls;

use renumerate::RetentionSessionRequest;
use renumerate::diagnostics::{DiagnosticContext, ServiceRoute, Stream, Via};

use crate::args::{Client, Doctor};
use crate::error::CliError;
use check::Check;
use report::Report;

pub(crate) async fn run(options: Doctor) -> Result<(), CliError> {
    let request = match (options.customer_id, options.customer_email) {
        (None, None) => None,
        (id, email) => {
            Some(RetentionSessionRequest::from_fields([("customer_id", id), ("customer_email", email)])?)
        }
    };
    let mut report = Report::new(options.json);
    if let Some(LocalSetup { context, has_usable_key }) = check_local(&options.client, &mut report)? {
        check_remote(&context, has_usable_key, request.as_ref(), &mut report).await?;
    }
    report.finish()
}

/// Valid client settings, and whether the private key can be used.
struct LocalSetup {
    context: DiagnosticContext,
    has_usable_key: bool,
}

/// Runs the `settings`, `key` and `tokens` checks. Returns `None` if the settings are invalid. An unusable key does not end the
/// report, because the checks before the call need no key.
fn check_local(options: &Client, report: &mut Report) -> Result<Option<LocalSetup>, CliError> {
    let (key, builder) = match local::key(options) {
        Ok((key, builder)) => (key, builder),
        Err(settings) => {
            report.add(settings)?;
            report.skip_rest("settings")?;
            return Ok(None);
        }
    };
    let has_usable_key = !key.has_failed();
    let context = if has_usable_key {
        DiagnosticContext::new(builder)
    } else {
        DiagnosticContext::without_key(builder)
    };
    match context {
        Ok(context) => {
            let settings = local::settings(&context);
            let has_failed = settings.has_failed();
            report.add(settings)?;
            if has_failed {
                report.skip_rest("settings")?;
                return Ok(None);
            }
            report.add(key)?;
            report.add(local::tokens(&context, has_usable_key))?;
            Ok(Some(LocalSetup { context, has_usable_key }))
        }
        Err(error) => {
            report.add(Check::failed("settings", &error))?;
            report.add(key)?;
            report.skip_rest("settings")?;
            Ok(None)
        }
    }
}

/// Runs the checks from `proxy` to `call`. If a check fails, skips the checks that depend on its result.
async fn check_remote(
    context: &DiagnosticContext,
    has_usable_key: bool,
    request: Option<&RetentionSessionRequest>,
    report: &mut Report,
) -> Result<(), CliError> {
    let route = context.route();
    report.add(local::proxy(&route))?;
    let Some(addresses) = report.record_step(network::dns(context, &route).await)? else { return Ok(()) };
    let Some(stream) = report.record_step(network::tcp(context, &addresses).await)? else {
        return Ok(());
    };
    let Some(stream) = tunnel(context, &route, stream, report).await? else { return Ok(()) };
    if route.tls {
        let (tls, clock) = tls::tls(context, &route, stream).await;
        let failed = tls.has_failed();
        report.add(tls)?;
        if failed {
            if let Some(clock) = clock {
                report.add(call::clock(&clock))?;
            }
            return report.skip_rest("tls");
        }
    } else {
        let reason = format!("base_url is http://, so requests to {} are sent without TLS", route.host);
        report.add(Check::skipped("tls", reason))?;
    }
    if !has_usable_key {
        return report.skip_rest("key");
    }
    let (clock, call) = call::call(context, request).await;
    report.add(clock)?;
    report.add(call)
}

/// Runs the `tunnel` check, or reports the check as skipped if no tunnel is needed. Returns the stream for the next
/// check; `None` if the tunnel could not be opened.
async fn tunnel(
    context: &DiagnosticContext,
    route: &ServiceRoute,
    stream: Stream,
    report: &mut Report,
) -> Result<Option<Stream>, CliError> {
    let reason = match &route.via {
        Via::Proxy(proxy) if route.tls => {
            return report.record_step(network::tunnel(context, route, proxy, stream).await);
        }
        Via::Proxy(_) => "requests to http:// URLs are sent to the proxy without a tunnel",
        Via::Direct { .. } => "no proxy is used",
    };
    report.add(Check::skipped("tunnel", reason))?;
    Ok(Some(stream))
}
