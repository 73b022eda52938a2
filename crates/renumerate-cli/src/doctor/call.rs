//! What the service answers: its clock, and what it says to a call.

use renumerate::diagnostics::{CallOutcome, CallReport, ClockComparison, DiagnosticContext};
use renumerate::{Error, ErrorKind, RetentionSessionRequest};
use x509_cert::der::DateTime;

use super::check::Check;

/// One call, and the clock that its answer tells.
pub(crate) async fn call(
    setup: &DiagnosticContext,
    request: Option<&RetentionSessionRequest>,
) -> (Check, Check) {
    let answered = setup.call(request).await;
    let clock = match (&answered.clock, answered.status) {
        (Some(seen), _) => clock(seen),
        (None, Some(_)) => Check::skipped("clock", "the answer has no Date"),
        (None, None) => Check::skipped("clock", "no answer came"),
    };
    (clock, describe(&answered, request.is_some()))
}

pub(crate) fn clock(clock: &ClockComparison) -> Check {
    let ahead = clock.ahead_seconds;
    let seen = match (ahead, clock.is_skewed()) {
        (1.., true) => format!("this machine's clock is {ahead} s ahead of the service's"),
        (_, true) => format!("this machine's clock is {} s behind the service's", ahead.unsigned_abs()),
        (_, false) => {
            format!("this machine's clock differs from the service's by {} s", ahead.unsigned_abs())
        }
    };
    let unverified = if clock.unverified { " (which nobody vouches for)" } else { "" };
    let time = |time| DateTime::from_system_time(time).map(|time| time.to_string()).ok();
    let seen = match (time(clock.local), time(clock.service)) {
        (Some(here), Some(service)) => format!("{seen}{unverified}: {here} here, {service} there"),
        _ => format!("{seen}{unverified}"),
    };
    let check = Check::ok("clock", seen)
        .fact("service", time(clock.service))
        .fact("here", time(clock.local))
        .fact("ahead_seconds", ahead)
        .fact("verified", !clock.unverified);
    if clock.is_skewed() {
        check.warn("set this machine's clock: by a wrong one certificates look expired or not yet valid")
    } else {
        check
    }
}

fn describe(answered: &CallReport, named: bool) -> Check {
    let CallReport { status, request_id, outcome, elapsed, .. } = answered;
    let number = status.map(|status| status.to_string()).unwrap_or_default();
    let check = match outcome {
        CallOutcome::Minted => Check::ok("call", format!("{number}: a retention session was minted (ret_…)")),
        CallOutcome::MintedWithoutCustomer => {
            Check::ok("call", format!("{number}: a session was minted, though no customer was named"))
                .warn("check that base_url leads to Renumerate: a stub answers so, the service does not")
        }
        CallOutcome::KeyAccepted { made_up_status: made_up } => Check::ok(
            "call",
            format!(
                "{number} to a request without a customer, and {made_up} where its key is made up: the service takes \
                 this key; nothing was minted"
            ),
        )
        .fact("key", "taken"),
        CallOutcome::Inconclusive { message: words } => {
            let seen = format!(
                "{number} to a request without a customer ({words}), and no better or worse with a made-up key: this \
                 says nothing of the key; nothing was minted"
            );
            let remedy = "--customer-id mints a session with it, which tells";
            Check::ok("call", seen).warn(remedy).fact("key", "untried")
        }
        CallOutcome::Failed(error) => {
            Check::failed("call", error).or_remedy(remedy(error, named)).fact("error", error.code())
        }
    };
    check
        .fact("status", *status)
        .fact("request_id", request_id.as_deref())
        .fact("minted", matches!(outcome, CallOutcome::Minted | CallOutcome::MintedWithoutCustomer))
        .took(*elapsed)
}

/// What helps where the client has no word on it.
fn remedy(error: &Error, named: bool) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound if named => "name a customer of this brand and of this environment",
        ErrorKind::NotFound | ErrorKind::Api | ErrorKind::UnexpectedResponse => {
            "check host and path of base_url: it must lead to the service itself"
        }
        ErrorKind::Authentication => {
            "check that the private key may do this, and that no firewall in front of the service answers for it"
        }
        ErrorKind::RateLimited => "wait, and try again",
        ErrorKind::Server => {
            "the service has trouble: try again later, and tell their support what it answered"
        }
        ErrorKind::Timeout | ErrorKind::Network => {
            "try again; where it stays so, look at what stands between this machine and the service"
        }
        _ => "do as the service says",
    }
}
