//! Tests of `renumerate token` and `renumerate token check`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::process::{Command, Output, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

#[path = "../../renumerate-sandbox/tests/exchange/token.rs"]
mod token;

use renumerate_sandbox::{DEFAULT_KEY, DEFAULT_PUBLIC_KEY};
use token::{payload, sign};

const KEYS: [(&str, &str); 2] =
    [("RENUMERATE_PUBLIC_KEY", DEFAULT_PUBLIC_KEY), ("RENUMERATE_PRIVATE_KEY", DEFAULT_KEY)];

fn check(token: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_renumerate"));
    command.args(["token", "check", token]).args(arguments).env_clear().stdin(Stdio::null());
    command.envs(variables.iter().copied()).output().unwrap()
}

fn text(stream: &[u8]) -> String {
    String::from_utf8(stream.to_vec()).unwrap()
}

/// Returns the status of each check in the output.
fn statuses(output: &Output) -> Vec<(String, String)> {
    let out = text(&output.stdout);
    let lines = out.lines().filter(|line| !line.contains("remedy: "));
    let words = lines.map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    words.map(|words| (words.get(1).unwrap().clone(), words.first().unwrap().clone())).collect()
}

fn all(brand: &str, signature: &str, age: &str) -> Vec<(String, String)> {
    [("format", "ok"), ("brand", brand), ("signature", signature), ("age", age)]
        .map(|(name, status)| (name.to_owned(), status.to_owned()))
        .to_vec()
}

fn create(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_renumerate"));
    command.arg("token").args(arguments).env_clear().stdin(Stdio::null());
    command.envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn created_token_passes_every_check() {
    let output = create(&["--customer-id", "cus_1"], &KEYS);
    let token = text(&output.stdout);
    let checked = check(token.trim_end(), &[], &KEYS);
    assert_eq!((checked.status.code(), statuses(&checked)), (Some(0), all("ok", "ok", "ok")), "{output:?}");

    let options = ["--customer-id", "cus_1", "--public-key", DEFAULT_PUBLIC_KEY, "--json"];
    let json: serde_json::Value = serde_json::from_slice(&create(&options, &KEYS).stdout).unwrap();
    assert!(json["token"].as_str().unwrap().starts_with("eyJ") && json["expires_at"].is_u64(), "{json}");
}

#[test]
fn token_is_not_created_with_swapped_keys_or_without_a_customer() {
    let swapped = [("RENUMERATE_PUBLIC_KEY", DEFAULT_KEY), ("RENUMERATE_PRIVATE_KEY", DEFAULT_PUBLIC_KEY)];
    for (arguments, variables, problem) in [
        (&["--customer-id", "cus_1"][..], &swapped[..], "RENUMERATE_PUBLIC_KEY begins with sk_"),
        (
            &["--customer-id", "cus_1"],
            &KEYS[1..],
            "RENUMERATE_PUBLIC_KEY is empty or not set; set it to the brand's public key, or pass --public-key",
        ),
        (
            &["--customer-id", "cus_1"],
            &[KEYS[1], ("RENUMERATE_PUBLIC_KEY", "")],
            "RENUMERATE_PUBLIC_KEY is empty or not set; set it to the brand's public key, or pass --public-key",
        ),
        (
            &["--customer-id", "cus_1"],
            &KEYS[..1],
            "RENUMERATE_PRIVATE_KEY is empty or not set; set it to the brand's private key, or pass --private-key-file",
        ),
        (&["--customer-id", ""], &KEYS, "--customer-id is empty"),
        (&[], &KEYS, "--customer-id is missing"),
    ] {
        let output = create(arguments, variables);
        let errors = text(&output.stderr);
        assert!(output.status.code() == Some(2) && errors.contains(problem), "{problem}: {errors}");
    }
}

#[test]
fn valid_token_passes_the_checks_whose_keys_are_set() {
    let token = token::token("cus_1");
    let output = check(&token, &[], &KEYS);
    assert_eq!((output.status.code(), statuses(&output)), (Some(0), all("ok", "ok", "ok")), "{output:?}");

    let file = std::env::temp_dir().join(format!("renumerate-token-key-{}", std::process::id()));
    std::fs::write(&file, format!("{DEFAULT_KEY}\n")).unwrap();
    let options = ["--public-key", DEFAULT_PUBLIC_KEY, "--private-key-file", file.to_str().unwrap()];
    let output = check(&token, &options, &[]);
    std::fs::remove_file(file).unwrap();
    assert_eq!((output.status.code(), statuses(&output)), (Some(0), all("ok", "ok", "ok")), "{output:?}");

    let empty = [("RENUMERATE_PUBLIC_KEY", ""), ("RENUMERATE_PRIVATE_KEY", "")];
    for variables in [&[][..], &empty] {
        let output = check(&token, &[], variables);
        assert_eq!((output.status.code(), statuses(&output)), (Some(0), all("skipped", "skipped", "ok")));
        for name in ["RENUMERATE_PUBLIC_KEY", "RENUMERATE_PRIVATE_KEY"] {
            assert!(text(&output.stdout).contains(&format!("{name} is empty or not set\n")), "{output:?}");
        }
    }
}

#[test]
fn each_invalid_part_is_reported_with_a_remedy() {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut in_seconds = payload("cus_1");
    in_seconds["timestamp"] = seconds.into();
    let output = check(&sign(&in_seconds, DEFAULT_PUBLIC_KEY), &["--public-key", "pk_live_other"], &KEYS);
    assert_eq!((output.status.code(), statuses(&output)), (Some(3), all("failed", "failed", "failed")));
    let out = text(&output.stdout);
    for part in [
        "Brand not found",
        "brandPub is not the public key pk_live_other",
        "Invalid signature",
        "remedy: the token is signed with the public key; sign it with the private key",
        "Token expired",
        "remedy: the timestamp is in seconds: use milliseconds",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(text(&output.stderr).contains("the check brand failed"), "{output:?}");

    let output = check("{\"token\": \"a.b\"}", &[], &KEYS);
    let out = text(&output.stdout);
    assert!(
        output.status.code() == Some(3) && out.lines().count() == 2 && out.contains("this is JSON"),
        "{out}"
    );
}

#[test]
fn private_key_does_not_appear_in_the_output() {
    let planted = "sk_live_planted_4711";
    let mut with_private_key = payload("cus_1");
    with_private_key["brandPub"] = planted.into();
    let token = sign(&with_private_key, planted);
    for (token, arguments, code) in [
        (token.as_str(), &[][..], 3),
        (planted, &[], 3),
        (&token, &["--public-key", planted], 2),
        (&token, &["--private-key-file", "/nowhere"], 2),
    ] {
        let output = check(token, arguments, &[("RENUMERATE_PRIVATE_KEY", planted), KEYS[0]]);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(
            !format!("{}{}", text(&output.stdout), text(&output.stderr)).contains("planted"),
            "{output:?}"
        );
    }
}
