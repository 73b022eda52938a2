//! `renumerate doctor`: what is wrong between this machine and the service. The client's own core looks and judges; this
//! puts it into words, in the order of a call.

mod answer;
mod certificate;
mod check;
mod local;
mod network;
mod report;
mod tls;

use renumerate::RetentionSessionRequest;
use renumerate::diagnostics::{DiagnosticContext, ServiceRoute, Stream, Via};

use crate::args::{Client, Doctor};
use crate::failure::Failure;
use check::Check;
use report::Report;

/// What the report holds, for who reads it by a program.
pub(crate) const HELP: &str = "\
The checks, in their order: settings, key, proxy, dns, tcp, tunnel (the way through a proxy), tls, clock (this machine's
beside the service's), call. Each is ok, a warning, failed, or skipped since there is nothing to look at or an earlier one
failed; what is not ok says what would help. The call is made once: it names no customer, so that the service must refuse
it and mints nothing, and is repeated with a made-up key, to see that the key makes the difference. With --customer-id or
--customer-email it is a real one, and mints a retention session. No step takes longer than --timeout, than 5 seconds on
the way to the service, than 10 seconds for a call.

With --json there is one document: {\"ok\", \"exit_code\", \"version\", \"checks\": [...]}. Each check has a \"check\", a \"status\" (ok,
warning, failed, skipped), \"seen\", and where there are any \"remedy\", \"elapsed_ms\" and \"facts\":
  settings  each setting as {\"value\", \"from\"}; times in ms; from is an option, a variable or \"default\"
  key       kind (live, test, sandbox, private, public, unknown), characters, newline_trimmed, from
  proxy     url (null where there is none; its credentials masked), from
  dns       host, addresses
  tcp       addresses: [{address, connected, elapsed_ms, error}]
  tunnel    answer (the proxy's first line), wants (how it authenticates users), certificate (the proxy's own)
  tls       version, cipher, trusted, certificate: {subject, issuer, not_before, not_after}, roots: {platform, unreadable,
            bundled, ca_bundle}
  clock     service, here, ahead_seconds (of this machine), verified
  call      status, request_id, minted, key (taken or untried, where that was looked at), error

The exit code is that of the first check that failed, 0 where none did: 2 settings and key, 3 to 7 and 10 what a call was
answered, 8 the network, 9 a timeout, 1 anything else.";

pub(crate) async fn run(options: Doctor) -> Result<(), Failure> {
    let request = match (options.customer_id, options.customer_email) {
        (None, None) => None,
        (id, email) => {
            Some(RetentionSessionRequest::from_fields([("customer_id", id), ("customer_email", email)])?)
        }
    };
    let mut report = Report::new(options.json);
    if let Some(Ready { setup, keyed }) = look_here(&options.client, &mut report)? {
        look_there(&setup, keyed, request.as_ref(), &mut report).await?;
    }
    report.finish()
}

/// Settings that can be used, and whether the key can.
struct Ready {
    setup: DiagnosticContext,
    keyed: bool,
}

/// What can be seen without a network. A key that cannot be used keeps nobody from looking at the way.
fn look_here(given: &Client, report: &mut Report) -> Result<Option<Ready>, Failure> {
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
async fn look_there(
    setup: &DiagnosticContext,
    keyed: bool,
    request: Option<&RetentionSessionRequest>,
    report: &mut Report,
) -> Result<(), Failure> {
    let Some(route) = report.judge(local::proxy(setup))? else { return Ok(()) };
    let Some(addresses) = report.judge(network::dns(setup, &route).await)? else { return Ok(()) };
    let Some(stream) = report.judge(network::tcp(setup, &route, &addresses).await)? else { return Ok(()) };
    let Some(stream) = tunnel(setup, &route, stream, report).await? else { return Ok(()) };
    if route.tls {
        let (tls, clock) = tls::tls(setup, &route, stream).await;
        let failed = tls.has_failed();
        report.add(tls)?;
        if failed {
            if let Some(clock) = clock {
                report.add(answer::clock(&clock))?;
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
    let (clock, call) = answer::call(setup, request).await;
    report.add(clock)?;
    report.add(call)
}

async fn tunnel(
    setup: &DiagnosticContext,
    route: &ServiceRoute,
    stream: Stream,
    report: &mut Report,
) -> Result<Option<Stream>, Failure> {
    let why = match &route.via {
        Via::Proxy(proxy) if route.tls => {
            return report.judge(network::tunnel(setup, route, proxy, stream).await);
        }
        Via::Proxy(_) => "a request over http:// goes to the proxy as it is",
        Via::Direct { .. } => "no proxy is in the way",
    };
    report.add(Check::skipped("tunnel", why))?;
    Ok(Some(stream))
}
