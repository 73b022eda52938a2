//! The sandbox as the only process of a container: signals, health check and published ports.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn renumerate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_renumerate"));
    command.args(arguments);
    command
}

/// Starts a sandbox, and returns its port.
fn start() -> (Child, String) {
    let arguments = ["sandbox", "--host", "0.0.0.0", "--port", "0", "--json"];
    let mut sandbox = renumerate(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(sandbox.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let info: Value = serde_json::from_str(&line).unwrap();
    let port = info["url"].as_str().unwrap().rsplit_once(':').unwrap().1.to_owned();
    (sandbox, port)
}

fn healthcheck(port: &str) -> Option<i32> {
    renumerate(&["healthcheck", "--port", port]).stderr(Stdio::null()).status().unwrap().code()
}

/// A process without handlers for these signals would stop without an exit code. As PID 1, it would not stop.
#[test]
fn signals_stop_the_sandbox_with_exit_code_0() {
    for signal in ["-TERM", "-INT"] {
        let (mut sandbox, port) = start();
        assert_eq!(healthcheck(&port), Some(0));
        let sent = Instant::now();
        assert!(Command::new("kill").args([signal, &sandbox.id().to_string()]).status().unwrap().success());
        assert_eq!(sandbox.wait().unwrap().code(), Some(0), "{signal}");
        // Docker kills a container after 10 seconds.
        assert!(sent.elapsed() < Duration::from_secs(8), "{signal}: {:?}", sent.elapsed());
        assert_eq!(healthcheck(&port), Some(1));
    }
}

#[test]
fn port_in_use_error_names_the_option() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let output = renumerate(&["sandbox", "--port", &port]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(message, format!("error: port {port} is in use; choose another with --port\n"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn invalid_origin_is_rejected() {
    for origin in ["localhost:12780", "http://a b", "http://a/path", "https://"] {
        let output = renumerate(&["sandbox", "--port", "0", "--allow-origin", origin]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{origin}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("such as http://localhost:3000"),
            "{output:?}"
        );
    }
}
