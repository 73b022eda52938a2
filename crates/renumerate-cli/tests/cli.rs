//! Tests of the command's output and exit codes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

use renumerate_sandbox::{CaseFile, Sandbox};
use serde_json::{Value, json};

const KEY: &str = "sk_sandbox_planted";

/// Returns the command with an empty environment.
fn renumerate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_renumerate"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

async fn start_sandbox() -> Sandbox {
    Sandbox::builder().private_key(KEY).start().await.unwrap()
}

fn session(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    let environment = [
        ("RENUMERATE_BASE_URL", sandbox.url()),
        ("RENUMERATE_PRIVATE_KEY", KEY),
        ("RENUMERATE_LOG", "trace"),
    ];
    let output = renumerate(&[&["session"], arguments].concat()).envs(environment).output().unwrap();
    for stream in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(stream).contains("planted"), "the key is in the output: {output:?}");
    }
    output
}

/// A child process that is killed on drop, so that it stops even if the test fails.
struct ChildGuard(Child);

impl Drop for ChildGuard {
    fn drop(&mut self) {
        let _may_have_exited = self.0.kill();
        let _exit_status = self.0.wait();
    }
}

fn text(stream: &[u8]) -> String {
    String::from_utf8(stream.to_vec()).unwrap()
}

#[test]
fn demo_creates_a_session_of_each_kind_and_masks_the_key() {
    let output = renumerate(&["demo"]).output().unwrap();
    let out = text(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    for part in [
        "id   ret_",
        "id   sub_",
        "POST /v1/retention/session",
        "POST /v1/subscription/session",
        "x-brand-key: [masked]",
    ] {
        assert!(out.contains(part), "{part} is missing in {out}");
    }
    assert!(!out.contains(renumerate_sandbox::DEFAULT_KEY), "{out}");
    assert!(!out.contains('\u{1b}'), "output that is not a terminal has colours: {out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn session_prints_its_id_or_a_line_of_json() {
    let sandbox = start_sandbox().await;
    let arguments =
        ["retention", "--customer-id", "cus_1", "--customer-email", "a@b", "--subscription-id", "sub_1"];
    let id = text(&session(&sandbox, &arguments).stdout);
    let created = sandbox.session(id.trim_end()).unwrap();
    assert_eq!((created.kind, created.subscription_id.as_deref()), ("retention", Some("sub_1")));

    let output = session(&sandbox, &["subscription", "--customer-email", "a@b", "--json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let id = json.get("id").unwrap().as_str().unwrap();
    assert!(sandbox.session(id).is_some() && text(&output.stdout).lines().count() == 1);
    assert_eq!(json.get("url").unwrap(), &json!(format!("https://localhost:4321/subs?session_id={id}")));
    assert_eq!(json.get("attempts").unwrap().as_array().unwrap().len(), 1);

    let output = session(&sandbox, &["retention", "--customer-id", "cus_unstable", "--json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let attempts = json.get("attempts").unwrap().as_array().unwrap();
    let statuses: Vec<_> =
        attempts.iter().map(|attempt| attempt.get("status").unwrap().as_u64().unwrap()).collect();
    assert_eq!(statuses, [503, 200], "{json}");
    assert!(text(&output.stderr).contains("attempt ended"), "stderr has no log: {output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_error_kind_has_its_exit_code_and_one_error_line() {
    let sandbox = start_sandbox().await;
    let statuses = [(400, "bad_request"), (402, "payment_required"), (403, "forbidden"), (302, "redirect")];
    let cases = statuses.map(|(status, name)| {
        let response = json!({"status": status, "headers": {"location": "/x"}});
        json!({"name": name, "when": {"customer_id": name}, "exchanges": [{"answer": response}]})
    });
    sandbox.add_cases(CaseFile::parse(&json!({"cases": cases}).to_string()).unwrap().cases);
    let with_customer = |id| vec!["retention", "--customer-id", id];
    let table = [
        (2, vec!["retention"]),
        (2, vec!["retention", "--customer-id", ""]),
        (2, vec!["retention", "--customer"]),
        (2, vec!["retention", "--customer-id", "a", "--timeout", "0"]),
        (2, vec!["retention", "--customer-id", "a", "--base-url", "x"]),
        (2, vec!["retention", "--customer-id", "a", "--max-retries", "11"]),
        (2, vec!["retention", "--customer-id", "a", "--max-connections", "0"]),
        (3, with_customer("forbidden")),
        (4, with_customer("cus_not_found")),
        (5, with_customer("bad_request")),
        (5, with_customer("payment_required")),
        (6, vec!["retention", "--customer-id", "cus_rate_limited", "--max-retries", "0"]),
        (7, with_customer("cus_server_error")),
        (8, vec!["retention", "--customer-id", "a", "--base-url", "http://127.0.0.1:1"]),
        (9, vec!["retention", "--customer-id", "cus_slow", "--timeout", "0.2"]),
        (10, with_customer("redirect")),
        (2, vec!["retention", "--customer-id", "a", "--private-key-file", "/nowhere/key"]),
        (2, vec!["retention", "--customer-id", "a", "--ca-bundle", "/nowhere/ca"]),
        (2, vec!["retention", "--customer-id", "a", "--proxy", "socks5://proxy"]),
    ];
    for (exit_code, arguments) in table {
        let output = session(&sandbox, &arguments);
        assert_eq!(output.status.code(), Some(exit_code), "{arguments:?} {output:?}");
        assert!(output.stdout.is_empty());
        let errors = text(&output.stderr).lines().filter(|line| line.starts_with("error: ")).count();
        assert_eq!(errors, 1, "{output:?}");
    }
}

#[test]
fn invalid_arguments_are_reported_in_one_line_without_their_values() {
    for (arguments, message) in [
        (&["session", "retention", "sk_live_planted"][..], "there is an argument too many; see --help"),
        (&["doctor", "planted", "planted"], "there is an argument too many; see --help"),
        (&["doctor", "--customer-id", "planted", "planted"], "there is an argument too many; see --help"),
        (&["doctor", "--", "planted"], "there is an argument too many; see --help"),
        (&["doctor", "--sk_planted"], "an option is unknown; see --help"),
        (&["doctor", "-j"], "error: -j is not an option; see --help"),
        (&["doctor", "--json", "--json"], "error: --json is set twice; see --help"),
        (&["doctor", "--json=planted"], "error: --json takes no value; see --help"),
        (
            &["token", "--json", "--customer-id", "planted", "check", "planted"],
            "error: a subcommand cannot follow these options; see --help",
        ),
        (&["doctor", "-jplanted"], "error: -j is not an option; see --help"),
        (
            &["session", "retention", "--private-key=sk_live_planted"],
            "did you mean --private-key-file? See --help",
        ),
        (&["session", "retention", "--zzz", "planted"], "--zzz is not an option; see --help"),
        (
            &["session", "retention", "--base-ulr", "x"],
            "--base-ulr is not an option; did you mean --base-url? See --help",
        ),
        (&["sandbox", "--widget"], "--widget is not an option; did you mean --widgets? See --help"),
        (&["doctor", "--private-key-file"], "--private-key-file needs a value; see --help"),
        (&["token", "chekc", "planted"], "unrecognized subcommand; did you mean check? See --help"),
        (&["planted"], "unrecognized subcommand; see --help"),
        (&["token", "check"], "error: TOKEN is missing; see --help"),
        (&["token", "--public-key", "planted"], "error: --customer-id is missing; see --help"),
        (&["sandbox", "--widgets-port", "1"], "error: --widgets is missing; see --help"),
    ] {
        let output = renumerate(arguments).output().unwrap();
        let errors = text(&output.stderr);
        assert_eq!((output.status.code(), errors.lines().count()), (Some(2), 1), "{arguments:?}: {errors}");
        assert!(errors.contains(message) && !errors.contains("planted"), "{arguments:?}: {errors}");
    }
    let help = renumerate(&["session", "retention", "--help"]).output().unwrap();
    assert!(help.status.success() && text(&help.stdout).contains("--customer-id"), "{help:?}");
}

#[test]
fn valid_values_are_stated_if_a_value_is_invalid() {
    let port = "a number from 0 to 65535";
    let seconds = "a number of seconds, such as 10";
    let address = "an IP address, such as 127.0.0.1";
    for (command, option, valid) in [
        ("doctor", "--log", "one of off, error, warn, info, debug and trace"),
        ("doctor", "--timeout", seconds),
        ("doctor", "--attempt-timeout", seconds),
        ("doctor", "--connect-timeout", seconds),
        ("doctor", "--max-retries", "a whole number from 0 to 10"),
        ("doctor", "--max-connections", "a whole number from 1 to 10000"),
        ("sandbox", "--host", address),
        ("sandbox", "--port", port),
        ("sandbox", "--chaos", "a number from 0 to 1"),
        ("sandbox", "--chaos-seed", "a whole number of 0 or more"),
        ("sandbox", "--widgets-port", port),
        ("sandbox", "--widgets-host", address),
        ("sandbox", "--session-lifetime", "a whole number of seconds, 0 or more"),
        ("healthcheck", "--port", port),
    ] {
        for value in ["planted", "5s", "65536.5.1"] {
            let output = renumerate(&[command, option, value]).output().unwrap();
            let error = format!("error: {option} must be {valid}\n");
            assert_eq!((output.status.code(), text(&output.stderr)), (Some(2), error), "{command} {value}");
        }
    }
}

#[test]
fn variable_of_an_invalid_value_is_named_instead_of_the_option() {
    let valid = "must be one of off, error, warn, info, debug and trace";
    for (arguments, name) in [
        (&["doctor"][..], "RENUMERATE_LOG"),
        (&["token", "check", "--", "--log"], "RENUMERATE_LOG"),
        (&["doctor", "--log", "planted"], "--log"),
        (&["--log=planted", "doctor"], "--log"),
    ] {
        let output = renumerate(arguments).env("RENUMERATE_LOG", "planted").output().unwrap();
        let error = format!("error: {name} {valid}\n");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(2), error), "{arguments:?}");
    }
}

#[test]
fn negative_number_is_a_value_and_not_an_option() {
    for (command, option) in [
        (&["session", "retention", "--customer-id", "a"][..], "--timeout"),
        (&["session", "retention", "--customer-id", "a"], "--attempt-timeout"),
        (&["session", "retention", "--customer-id", "a"], "--connect-timeout"),
        (&["session", "retention", "--customer-id", "a"], "--max-retries"),
        (&["session", "retention", "--customer-id", "a"], "--max-connections"),
        (&["sandbox"], "--port"),
        (&["sandbox"], "--chaos"),
        (&["sandbox", "--chaos", "1"], "--chaos-seed"),
        (&["sandbox", "--widgets"], "--widgets-port"),
        (&["sandbox", "--widgets"], "--session-lifetime"),
        (&["healthcheck"], "--port"),
    ] {
        let error = |value: &[&str]| {
            let output = renumerate(command).args(value).env("RENUMERATE_PRIVATE_KEY", KEY).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{value:?}: {output:?}");
            text(&output.stderr)
        };
        assert_eq!(error(&[option, "-1"]), error(&[&format!("{option}=-1")]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn key_is_read_from_a_file_and_is_required() {
    let sandbox = start_sandbox().await;
    let file = std::env::temp_dir().join(format!("renumerate-key-{}", std::process::id()));
    std::fs::write(&file, format!("{KEY}\n")).unwrap();
    let arguments = ["session", "retention", "--customer-id", "a", "--base-url", sandbox.url()];
    let with_file = renumerate(&arguments).arg("--private-key-file").arg(&file).output().unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(with_file.status.success(), "{with_file:?}");
    for variable in [None, Some("")] {
        let variable = variable.map(|value| ("RENUMERATE_PRIVATE_KEY", value));
        let without_key = renumerate(&arguments).envs(variable).output().unwrap();
        assert_eq!(without_key.status.code(), Some(2));
        assert_eq!(
            text(&without_key.stderr),
            "error: RENUMERATE_PRIVATE_KEY is empty or not set; set it to the brand's private key, or pass \
             --private-key-file\n"
        );
    }
}

#[test]
fn sandbox_prints_its_url_and_serves_cases_and_seed() {
    let folder = std::env::temp_dir().join(format!("renumerate-cases-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let case =
        json!({"name": "teapot", "when": {"customer_id": "a"}, "exchanges": [{"answer": {"status": 418}}]});
    std::fs::write(folder.join("cases.json"), json!({"cases": [case]}).to_string()).unwrap();
    std::fs::write(folder.join("seed"), json!({"customers": [{"id": "b"}]}).to_string()).unwrap();
    let (cases, seed) = (folder.to_str().unwrap(), folder.join("seed"));
    let seed = seed.to_str().unwrap();
    let mut running = ChildGuard(
        renumerate(&[
            "sandbox",
            "--host",
            "127.0.0.2",
            "--port",
            "0",
            "--json",
            "--public-key",
            "pk_shop",
            "--cases",
            cases,
            "--seed",
            seed,
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap(),
    );
    let mut line = String::new();
    BufReader::new(running.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let json: Value = serde_json::from_str(&line).unwrap();
    let url = json.get("url").unwrap().as_str().unwrap();
    let key = json.get("private_key").unwrap().as_str().unwrap();
    assert_eq!(json.get("public_key").unwrap(), "pk_shop");
    let exit_code = |id| {
        let environment = [("RENUMERATE_BASE_URL", url), ("RENUMERATE_PRIVATE_KEY", key)];
        renumerate(&["session", "subscription", "--customer-id", id])
            .envs(environment)
            .output()
            .unwrap()
            .status
            .code()
    };
    assert_eq!([exit_code("a"), exit_code("b"), exit_code("c")], [Some(5), Some(0), Some(4)]);
    assert!(url.starts_with("http://127.0.0.2:"), "{url}");
    drop(running);
    std::fs::remove_dir_all(folder).unwrap();

    let unreadable = renumerate(&["sandbox", "--port", "0", "--cases", "/nowhere"]).output().unwrap();
    assert!(
        unreadable.status.code() == Some(2)
            && text(&unreadable.stderr).starts_with("error: cannot read /nowhere: "),
        "{unreadable:?}"
    );
}

#[test]
fn random_faults_are_reproducible_by_seed() {
    let start = |arguments: &[&str]| {
        let mut running = ChildGuard(
            renumerate(&[&["sandbox", "--port", "0", "--json"], arguments].concat())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap(),
        );
        let mut line = String::new();
        BufReader::new(running.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let json: Value = serde_json::from_str(&line).unwrap();
        (running, json.get("url").unwrap().as_str().unwrap().to_owned())
    };
    let exit_codes = |arguments: &[&str]| {
        let (_running, url) = start(arguments);
        let exit_code = || {
            renumerate(&[
                "session",
                "retention",
                "--customer-id",
                "a",
                "--max-retries",
                "0",
                "--timeout",
                "1",
            ])
            .env("RENUMERATE_BASE_URL", &url)
            .env("RENUMERATE_PRIVATE_KEY", renumerate_sandbox::DEFAULT_KEY)
            .output()
            .unwrap()
            .status
            .code()
            .unwrap()
        };
        [(); 5].map(|()| exit_code())
    };
    let faults = exit_codes(&["--chaos", "1", "--chaos-seed", "8"]);
    assert!(faults.iter().all(|code| (6..=10).contains(code)), "{faults:?}");
    assert_eq!(faults, exit_codes(&["--chaos", "1", "--chaos-seed", "8"]));
    assert_eq!(exit_codes(&["--chaos", "0"]), [0; 5]);

    for (arguments, message) in [
        (["--chaos", "2"], "--chaos must be a number from 0 to 1"),
        (["--chaos-seed", "2"], "--chaos is missing"),
    ] {
        let output = renumerate(&[&["sandbox", "--port", "0"][..], &arguments].concat()).output().unwrap();
        assert!(!output.status.success() && text(&output.stderr).contains(message), "{output:?}");
    }
}

#[test]
fn exit_code_does_not_depend_on_a_closed_stdout() {
    let unreachable = ["doctor", "--base-url", "http://127.0.0.1:1"];
    for (arguments, code, message) in [(&["demo"][..], 0, ""), (&unreachable, 8, "the check tcp failed")] {
        let mut command = renumerate(arguments)
            .env("RENUMERATE_PRIVATE_KEY", "sk_test_1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(command.stdout.take());
        let mut errors = String::new();
        command.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!(command.wait().unwrap().code(), Some(code), "{arguments:?} {errors}");
        assert!(errors.contains(message) && errors.is_empty() == message.is_empty(), "{errors}");
    }
}

#[test]
fn sandbox_stops_at_the_end_of_stdin_if_requested() {
    let mut running = ChildGuard(
        renumerate(&["sandbox", "--port", "0", "--json", "--until-stdin-ends"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("\"url\""), "{line}");
    assert_eq!(running.0.try_wait().unwrap(), None, "the sandbox stopped although stdin is open");
    drop(running.0.stdin.take());
    assert!(running.0.wait().unwrap().success());
}
