//! `renumerate doctor`: what is wrong between this machine and the service. The client's own core looks and judges; this
//! puts it into words, in the order of a call.

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
    if let Some(Ready { setup, keyed }) = check_local(&options.client, &mut report)? {
        check_remote(&setup, keyed, request.as_ref(), &mut report).await?;
    }
    report.finish()
}

/// Settings that can be used, and whether the key can.
struct Ready {
    setup: DiagnosticContext,
    keyed: bool,
}

/// What can be seen without a network. A key that cannot be used keeps nobody from looking at the way.
fn check_local(given: &Client, report: &mut Report) -> Result<Option<Ready>, CliError> {
    let (key, builder) = match local::key(given) {
        Ok((key, builder)) => (key, builder),
        Err(settings) => {
            report.add(settings)?;
            report.skip_rest("settings")?;
            return Ok(None);
        }
    };
    let keyed = !key.has_failed();
    let setup = if keyed { DiagnosticContext::new(builder) } else { DiagnosticContext::without_key(builder) };
    match setup {
        Ok(setup) => {
            report.add(local::settings(&setup))?;
            report.add(key)?;
            Ok(Some(Ready { setup, keyed }))
        }
        Err(error) => {
            report.add(Check::failed("settings", &error))?;
            report.add(key)?;
            report.skip_rest("settings")?;
            Ok(None)
        }
    }
}

/// The way to the service, and what it answers.
async fn check_remote(
    setup: &DiagnosticContext,
    keyed: bool,
    request: Option<&RetentionSessionRequest>,
    report: &mut Report,
) -> Result<(), CliError> {
    let Some(route) = report.record_step(local::proxy(setup))? else { return Ok(()) };
    let Some(addresses) = report.record_step(network::dns(setup, &route).await)? else { return Ok(()) };
    let Some(stream) = report.record_step(network::tcp(setup, &route, &addresses).await)? else {
        return Ok(());
    };
    let Some(stream) = tunnel(setup, &route, stream, report).await? else { return Ok(()) };
    if route.tls {
        let (tls, clock) = tls::tls(setup, &route, stream).await;
        let failed = tls.has_failed();
        report.add(tls)?;
        if failed {
            if let Some(clock) = clock {
                report.add(call::clock(&clock))?;
            }
            return report.skip_rest("tls");
        }
    } else {
        let why = format!("base_url is http://, and {} is reached without TLS", route.host);
        report.add(Check::skipped("tls", why))?;
    }
    if !keyed {
        return report.skip_rest("key");
    }
    let (clock, call) = call::call(setup, request).await;
    report.add(clock)?;
    report.add(call)
}

async fn tunnel(
    setup: &DiagnosticContext,
    route: &ServiceRoute,
    stream: Stream,
    report: &mut Report,
) -> Result<Option<Stream>, CliError> {
    let why = match &route.via {
        Via::Proxy(proxy) if route.tls => {
            return report.record_step(network::tunnel(setup, route, proxy, stream).await);
        }
        Via::Proxy(_) => "a request over http:// goes to the proxy as it is",
        Via::Direct { .. } => "no proxy is in the way",
    };
    report.add(Check::skipped("tunnel", why))?;
    Ok(Some(stream))
}
