//! Tests of the checks `settings` and `key`, and of the help.

use renumerate_sandbox::Sandbox;
use serde_json::json;

use crate::report::{KEY, SHORT_TIMEOUT, doctor};

#[tokio::test(flavor = "multi_thread")]
async fn sandbox_passes_all_checks_without_creating_a_session() {
    let sandbox = Sandbox::builder().private_key("sk_sandbox_planted").start().await.unwrap();
    let variables =
        [("RENUMERATE_PRIVATE_KEY", "sk_sandbox_planted"), ("RENUMERATE_BASE_URL", sandbox.url())];
    let report = doctor(&["--max-retries", "3"], &variables);
    report.assert_ok();
    assert_eq!(
        report.fact("key", ""),
        &json!({
            "kind": "sandbox", "characters": 18, "newline_trimmed": false, "from": "RENUMERATE_PRIVATE_KEY",
        })
    );
    assert_eq!(report.fact("settings", "/timeout"), &json!({"value": 25_000, "from": "default"}));
    assert_eq!(report.fact("settings", "/max_retries"), &json!({"value": 3, "from": "--max-retries"}));
    assert_eq!(report.fact("settings", "/base_url/from"), "RENUMERATE_BASE_URL");
    assert!(report.seen("tls").contains("without TLS"), "{}", report.text);
    assert_eq!(report.fact("call", "/key"), "taken");
    let statuses: Vec<u16> = sandbox.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [400, 401].repeat(2), "each of the two runs makes two rejected calls");
}

#[tokio::test(flavor = "multi_thread")]
async fn session_for_a_customer_is_created_and_masked() {
    let sandbox = Sandbox::builder().private_key("sk_sandbox_planted").start().await.unwrap();
    let variables = [("RENUMERATE_PRIVATE_KEY", "sk_sandbox_planted")];
    let arguments = ["--base-url", sandbox.url(), "--customer-id", "cus_1"];
    let report = doctor(&arguments, &variables);
    report.assert_ok();
    assert_eq!((report.fact("call", "/minted"), report.fact("call", "/status")), (&json!(true), &json!(200)));
    assert_eq!(sandbox.requests().len(), 2);
    // A session id has 120 characters.
    let longest_word = report.text.split_whitespace().map(str::len).max().unwrap();
    assert!(report.seen("call").contains("ret_…") && longest_word < 64, "{}", report.text);
    let report = doctor(&["--base-url", sandbox.url(), "--customer-id", "cus_not_found"], &variables);
    report.assert_fails_at("call", 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_key_does_not_skip_the_network_checks() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = ["--base-url", sandbox.url()];
    for (key, seen) in [
        (None, "RENUMERATE_PRIVATE_KEY is empty or not set"),
        (Some(""), "RENUMERATE_PRIVATE_KEY is empty or not set"),
        (Some("sk_live_ planted"), "RENUMERATE_PRIVATE_KEY contains whitespace"),
        (Some("sk_live_planted\n\n"), "contains whitespace"),
        (Some("\"sk_live_planted\""), "contains quotes"),
    ] {
        let variables: Vec<_> = key.iter().map(|key| ("RENUMERATE_PRIVATE_KEY", *key)).collect();
        let report = doctor(&url, &variables);
        assert!(report.seen("key").contains(seen), "{seen}: {}", report.text);
        assert_eq!((report.status("key"), report.exit_code), ("failed", 2), "{}", report.text);
        assert!(report.remedy("key").contains(if seen.contains("contains") {
            "dashboard"
        } else {
            "set it to the brand's private key, or pass --private-key-file"
        }));
        assert_eq!((report.status("tcp"), report.seen("call")), ("ok", "the check key failed"));
    }
    assert!(sandbox.requests().is_empty(), "a call was made without a key");
    let report = doctor(&[&url[..], &["--private-key-file", "/nowhere/key"]].concat(), &[]);
    assert_eq!((report.status("key"), report.exit_code), ("failed", 2), "{}", report.text);
    // If several checks fail, the first one determines the exit code.
    let report = doctor(&["--base-url", "http://127.0.0.1:1"], &[]);
    assert_eq!((report.status("key"), report.status("tcp"), report.exit_code), ("failed", "failed", 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn public_key_and_trailing_newline_are_reported() {
    let sandbox = Sandbox::builder().private_key("sk_planted").start().await.unwrap();
    let url = ["--base-url", sandbox.url()];
    let report = doctor(&url, &[("RENUMERATE_PRIVATE_KEY", "pk_live_planted")]);
    assert_eq!((report.status("key"), report.fact("key", "/kind")), ("warning", &json!("public")));
    report.assert_fails_at("call", 3);
    assert!(report.remedy("call").contains("is probably the public key"), "{}", report.text);

    let file = std::env::temp_dir().join(format!("renumerate-doctor-key-{}", std::process::id()));
    std::fs::write(&file, "sk_planted\r\n").unwrap();
    let report = doctor(&[&url[..], &["--private-key-file", file.to_str().unwrap()]].concat(), &[KEY]);
    std::fs::remove_file(&file).unwrap();
    report.assert_ok();
    assert_eq!(report.fact("key", "/newline_trimmed"), true);
    assert_eq!(report.fact("key", "/from"), "--private-key-file");
}

/// Rules: M3
#[test]
fn variable_of_an_unreadable_ca_bundle_is_named() {
    let report = doctor(&[], &[KEY, ("RENUMERATE_CA_BUNDLE", "/nowhere/ca.pem")]);
    assert_eq!((report.status("settings"), report.exit_code), ("failed", 2), "{}", report.text);
    assert!(report.seen("settings").starts_with("RENUMERATE_CA_BUNDLE cannot be read"), "{}", report.text);
}

/// Rules: T3
#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_sign_tokens_fail_the_check() {
    let sandbox = Sandbox::builder().private_key("sk_planted").start().await.unwrap();
    let url = ["--base-url", sandbox.url()];
    let report = |public_key| {
        doctor(&url, &[("RENUMERATE_PRIVATE_KEY", "sk_planted"), ("RENUMERATE_PUBLIC_KEY", public_key)])
    };
    for (public_key, status, seen) in [
        ("pk_planted", "ok", "can sign handshake tokens"),
        ("", "skipped", "RENUMERATE_PUBLIC_KEY is empty or not set"),
        ("sk_planted", "failed", "RENUMERATE_PUBLIC_KEY is the private key"),
        ("sk_live_planted", "failed", "RENUMERATE_PUBLIC_KEY begins with sk_"),
    ] {
        let report = report(public_key);
        let exit_code = if status == "failed" { 2 } else { 0 };
        assert_eq!((report.status("tokens"), report.exit_code), (status, exit_code), "{}", report.text);
        assert!(report.seen("tokens").contains(seen), "{}", report.text);
        if status == "failed" {
            assert_eq!(report.remedy("tokens"), "copy the brand's public key from Renumerate's dashboard");
        }
    }
}

#[test]
fn invalid_settings_end_the_report() {
    for (arguments, seen, remedy) in [
        (["--base-url", "planted"], "--base-url is not a URL", "https://"),
        (["--base-url", "http://shop.example"], "--base-url is http:// to another machine", "https://"),
        (["--ca-bundle", "/nowhere/ca"], "--ca-bundle cannot be read", "PEM"),
        (["--timeout", "0"], "--timeout must be above zero, not 0 s", "valid value"),
        (["--max-retries", "11"], "--max-retries must be a whole number from 0 to 10, not 11", "valid value"),
        (
            ["--max-connections", "0"],
            "--max-connections must be a whole number from 1 to 10000, not 0",
            "valid value",
        ),
        (["--proxy", "socks5://planted@proxy"], "--proxy is neither http:// nor https://", "http://[user"),
    ] {
        let report = doctor(&arguments, &[KEY]);
        assert_eq!((report.status("settings"), report.exit_code), ("failed", 2), "{}", report.text);
        assert!(report.seen("settings").contains(seen), "{}", report.text);
        assert!(report.remedy("settings").contains(remedy), "{}", report.text);
        assert_eq!(report.seen("call"), "the check settings failed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unusual_keys_are_a_warning() {
    for (private_key, public_key, status, seen) in [
        ("sk_sandbox_1", "pk_sandbox_1", "ok", "can sign handshake tokens"),
        ("sk_sandbox_1", "YOUR_PUBLIC_KEY", "warning", "the public key does not begin with pk_"),
        (
            "sk_sandbox_1",
            "pk_live_1",
            "warning",
            "the private key is a sandbox key, but the public key is a live key",
        ),
        (
            "sk_live_1",
            "pk_sandbox_1",
            "warning",
            "the private key is a live key, but the public key is a sandbox key",
        ),
    ] {
        let sandbox = Sandbox::builder().private_key(private_key).start().await.unwrap();
        let variables = [("RENUMERATE_PRIVATE_KEY", private_key), ("RENUMERATE_PUBLIC_KEY", public_key)];
        let report = doctor(&["--base-url", sandbox.url()], &variables);
        assert_eq!((report.status("tokens"), report.exit_code), (status, 0), "{}", report.text);
        assert!(report.seen("tokens").contains(seen), "{}", report.text);
        if status == "warning" {
            assert!(report.remedy("tokens").contains("for the same environment"), "{}", report.text);
        }
    }
}

#[test]
fn help_lists_each_check_and_invalid_customers_are_rejected() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_renumerate"));
    let help = command.args(["doctor", "--help"]).env_clear().output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for name in ["settings", "key", "proxy", "dns", "tcp", "tunnel", "tls", "clock", "call"] {
        assert!(help.contains(&format!("\n  {name:<8}  ")), "{name} is missing in {help}");
    }
    // An invalid customer is rejected before the first check.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_renumerate"));
    let output =
        command.args(["doctor", "--customer-id", ""]).args(SHORT_TIMEOUT).env_clear().output().unwrap();
    assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{output:?}");
}

/// Rules: S2
#[test]
fn sandbox_key_without_the_url_of_the_sandbox_is_reported() {
    let report = doctor(&[], &[("RENUMERATE_PRIVATE_KEY", "sk_sandbox_local")]);
    assert_eq!((report.status("settings"), report.exit_code), ("failed", 2), "{}", report.text);
    assert!(
        report.seen("settings").starts_with("RENUMERATE_BASE_URL is empty or not set"),
        "{}",
        report.text
    );
    assert_eq!(report.remedy("settings"), "set it to the URL that the sandbox prints, or pass --base-url");
}
