//! The `clock` and `call` checks, which both use the response to the same call.

use renumerate::RetentionSessionRequest;
use renumerate::diagnostics::{CallOutcome, CallReport, ClockComparison, DiagnosticContext};
use x509_cert::der::DateTime;

use super::check::Check;

/// Makes a call to the service. Returns the `clock` check and the `call` check.
pub(crate) async fn call(
    context: &DiagnosticContext,
    request: Option<&RetentionSessionRequest>,
) -> (Check, Check) {
    let report = context.call(request).await;
    let clock = match (&report.clock, report.status) {
        (Some(comparison), _) => clock(comparison),
        (None, Some(_)) => Check::skipped("clock", "the response has no valid Date header"),
        (None, None) => Check::skipped("clock", "no response was received"),
    };
    (clock, describe(&report))
}

/// Returns the `clock` check.
pub(crate) fn clock(clock: &ClockComparison) -> Check {
    let ahead = clock.ahead_seconds;
    let seen = match (ahead, clock.is_skewed()) {
        (1.., true) => format!("this machine's clock is {ahead} s ahead of the service's"),
        (_, true) => format!("this machine's clock is {} s behind the service's", ahead.unsigned_abs()),
        (_, false) => {
            format!("this machine's clock differs from the service's by {} s", ahead.unsigned_abs())
        }
    };
    let unverified =
        if clock.unverified { " (unverified, because the certificate was rejected)" } else { "" };
    let time = |time| DateTime::from_system_time(time).map(|time| time.to_string()).ok();
    let seen = match (time(clock.local), time(clock.service)) {
        (Some(local), Some(service)) => {
            format!("{seen}{unverified}: local time {local}, service time {service}")
        }
        _ => format!("{seen}{unverified}"),
    };
    let check = Check::ok("clock", seen)
        .fact("service", time(clock.service))
        .fact("here", time(clock.local))
        .fact("ahead_seconds", ahead)
        .fact("verified", !clock.unverified);
    if clock.is_skewed() {
        check.warn(
            "set this machine's clock: with a wrong clock, valid certificates look expired or not yet valid, and the \
             service rejects handshake tokens that are 5 minutes off",
        )
    } else {
        check
    }
}

fn describe(report: &CallReport) -> Check {
    let CallReport { status, request_id, outcome, elapsed, .. } = report;
    let number = status.map(|status| status.to_string()).unwrap_or_default();
    let check = match outcome {
        CallOutcome::Minted => {
            Check::ok("call", format!("status {number}: a retention session was created (ret_…)"))
        }
        CallOutcome::MintedWithoutCustomer => {
            let seen = format!("status {number}: a session was created, but the request named no customer");
            let remedy = "check that base_url points to Renumerate and not to a stub: the service rejects a request \
                          without a customer";
            Check::ok("call", seen).warn(remedy)
        }
        CallOutcome::KeyAccepted { made_up_status } => Check::ok(
            "call",
            format!(
                "the service accepts the key: a request without a customer got status {number}, and with an invalid \
                 key status {made_up_status}; no session was created"
            ),
        )
        .fact("key", "taken"),
        CallOutcome::Inconclusive { message } => {
            let seen = format!(
                "cannot tell whether the service accepts the key: a request without a customer got status {number} \
                 ({message}), and with an invalid key neither 401 nor 403; no session was created"
            );
            let remedy = "run the doctor with --customer-id, which creates a session and so tests the key";
            Check::ok("call", seen).warn(remedy).fact("key", "untried")
        }
        CallOutcome::Failed(error) => Check::failed("call", error).fact("error", error.code()),
    };
    check
        .fact("status", *status)
        .fact("request_id", request_id.as_deref())
        .fact("minted", matches!(outcome, CallOutcome::Minted | CallOutcome::MintedWithoutCustomer))
        .with_elapsed(*elapsed)
}
