//! Tests of the checks `call` and `clock`: responses of the service.

use std::time::{Duration, SystemTime};

use renumerate_sandbox::Sandbox;
use serde_json::json;

use crate::peers::{Peer, response};
use crate::report::{KEY, Report, SHORT_TIMEOUT, doctor};

/// Returns the report on a service that sends this response.
async fn report_on_response(status: &str, headers: &str, body: &str) -> Report {
    let peer = Peer::responding(response(status, headers, body)).await;
    doctor(&["--base-url", &peer.url()], &[KEY])
}

#[tokio::test(flavor = "multi_thread")]
async fn each_error_status_has_the_exit_code_of_a_call_and_a_remedy() {
    for (status, exit_code, error, remedy) in [
        ("401 Unauthorized", 3, "authentication", "check that the key belongs to this brand"),
        ("403 Forbidden", 3, "authentication", "that the key has this permission"),
        ("404 Not Found", 4, "not_found", "the ids"),
        ("405 Method Not Allowed", 5, "api", "error-reference"),
        ("429 Too Many Requests", 6, "rate_limited", "try again later"),
        ("500 Internal Server Error", 7, "server", "try again later"),
        ("302 Found", 10, "unexpected_response", "check --base-url"),
    ] {
        let body = r#"{"error": "Rejected sk_live_planted"}"#;
        let headers = "x-request-id: req_7\r\nlocation: /?sk_live_planted\r\n";
        let report = report_on_response(status, headers, body).await;
        report.assert_fails_at("call", exit_code);
        assert_eq!(report.fact("call", "/error"), error);
        assert_eq!(report.fact("call", "/request_id"), "req_7");
        assert!(report.remedy("call").contains(remedy), "{}", report.text);
        assert!(report.seen("call").contains(status.split(' ').next().unwrap()), "{}", report.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn html_page_and_other_protocol_are_reported() {
    let html = report_on_response("200 OK", "content-type: text/html\r\n", "<html>Log in</html>").await;
    html.assert_fails_at("call", 10);
    assert!(html.seen("call").contains("an HTML page"), "{}", html.text);
    let ssh = Peer::responding("SSH-2.0-OpenSSH\r\n\r\n").await;
    let report = doctor(&["--base-url", &ssh.url()], &[KEY]);
    report.assert_fails_at("call", 8);
    assert!(report.seen("call").contains("the response is not HTTP"), "{}", report.text);
}

/// Rules: E11
#[tokio::test(flavor = "multi_thread")]
async fn a_404_of_another_server_is_an_unexpected_response() {
    for (body, seen) in
        [("<html>nginx</html>", "an HTML page"), ("", "empty"), ("{}", "the undocumented body {}")]
    {
        let peer = Peer::responding(response("404 Not Found", "", body)).await;
        let report = doctor(&["--base-url", &peer.url(), "--customer-id", "cus_1"], &[KEY]);
        report.assert_fails_at("call", 10);
        assert_eq!(report.fact("call", "/error"), "unexpected_response");
        assert!(report.seen("call").contains(seen), "{}", report.text);
        assert_eq!(report.remedy("call"), "check --base-url, or a proxy in between");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn incomplete_response_times_out() {
    let incomplete = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"id\":";
    let peer = Peer::responding(incomplete).await;
    let report = doctor(&[&["--base-url", &peer.url()][..], &SHORT_TIMEOUT].concat(), &[KEY]);
    report.assert_fails_at("call", 9);
}

/// A service that checks the request before the key does not reveal whether it accepts the key. A stub accepts all
/// requests.
#[tokio::test(flavor = "multi_thread")]
async fn inconclusive_responses_are_warnings() {
    let strict = report_on_response("400 Bad Request", "", r#"{"error": "No customer"}"#).await;
    assert_eq!((strict.status("call"), strict.exit_code), ("warning", 0), "{}", strict.text);
    assert_eq!(strict.fact("call", "/key"), "untried");
    assert!(strict.seen("call").contains("No customer"), "{}", strict.text);
    assert!(strict.remedy("call").contains("--customer-id"), "{}", strict.text);
    let stub = report_on_response("200 OK", "", r#"{"id": "ret_x"}"#).await;
    assert_eq!((stub.status("call"), stub.fact("call", "/minted")), ("warning", &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_clock_is_a_warning() {
    let (now, hour) = (SystemTime::now(), Duration::from_secs(3600));
    for (service, seen, ahead) in
        [(now - hour, "s ahead of the service's", 3600), (now + hour, "s behind the service's", -3600)]
    {
        let date = format!("date: {}\r\n", httpdate::fmt_http_date(service));
        let report = report_on_response("401 Unauthorized", &date, "{}").await;
        assert_eq!(report.status("clock"), "warning", "{}", report.text);
        assert!(report.seen("clock").contains(seen), "{}", report.text);
        assert!(report.remedy("clock").contains("expired or not yet valid"), "{}", report.text);
        let seconds = report.fact("clock", "/ahead_seconds").as_i64().unwrap();
        assert!((seconds - ahead).abs() < 50, "{seconds}");
        assert_eq!(report.fact("clock", "/verified"), true);
    }
    let report = report_on_response("401 Unauthorized", "", "{}").await;
    assert_eq!(report.status("clock"), "skipped", "{}", report.text);
    assert_eq!(report.seen("clock"), "the response has no valid Date header");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn readme_entrypoint_starts_the_program_only_if_the_doctor_succeeds() {
    let readme = include_str!("../../../../README.md");
    let script = readme.split("```bash\n").find(|block| block.contains("doctor --json")).unwrap();
    let script = script.split("```").next().unwrap().to_owned();
    let sandbox = Sandbox::start().await.unwrap();
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_renumerate")).parent().unwrap().to_owned();
    for (key, starts) in [(sandbox.private_key(), true), ("sk_live_stranger", false)] {
        let mut command = std::process::Command::new("/bin/sh");
        command.args(["-c", &script, "entrypoint", "/bin/echo", "started"]).env_clear();
        command.envs([("RENUMERATE_BASE_URL", sandbox.url()), ("RENUMERATE_PRIVATE_KEY", key)]);
        let output = command.env("PATH", &folder).output().unwrap();
        let (out, report) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!((out == "started\n", output.status.success()), (starts, starts), "{out} {report}");
        assert!(report.starts_with(r#"{"checks":"#), "{report}");
    }
}
