//! Driver of the two Rust clients. `tests/README.md` documents the protocol.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::panic,
    reason = "part of a test, which may panic"
)]
#![allow(clippy::disallowed_methods, reason = "a test program, not the client")]

mod asynchronous;
mod blocking;
mod memory;
mod report;

use std::io::{BufRead, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use renumerate::{Client, ClientBuilder, Error};
use serde_json::{Map, Value, json};

/// A client of Rust.
trait Flavor {
    fn call(&self, command: &Value) -> Value;
    fn calls(&self, count: usize, concurrency: usize) -> Value;
    fn cancel(&self, count: usize, concurrency: usize, max_delay: f64) -> Value;
}

fn main() {
    let flavor = std::env::args().nth(1).unwrap_or_default();
    let sabotage = std::env::var("DRIVER_SABOTAGE").unwrap_or_default();
    let (mut client, mut key): (Option<Box<dyn Flavor>>, String) = (None, String::new());
    for line in std::io::stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let number = |name: &str| {
            command.get(name).and_then(Value::as_u64).map_or(0, |it| usize::try_from(it).unwrap())
        };
        let reply = match (command.get("do").and_then(Value::as_str).unwrap_or_default(), &client) {
            ("open", _) => {
                log_to_stderr(wants_log(&command));
                command
                    .pointer("/client/private_key")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .clone_into(&mut key);
                match open_client(&flavor, &command, &sabotage) {
                    Ok(opened) => {
                        client = Some(opened);
                        json!({"opened": true})
                    }
                    Err(error) => report::error(&error, Vec::new()),
                }
            }
            ("call", Some(client)) => sabotaged(client.call(&command), &sabotage, &key),
            ("calls", Some(client)) => client.calls(number("count"), number("concurrency")),
            ("cancel", Some(client)) => {
                let max_delay = command.get("max_delay").and_then(Value::as_f64).unwrap_or_default();
                client.cancel(number("count"), number("concurrency"), max_delay)
            }
            ("measure", _) => {
                memory::trim();
                json!({"heap": null, "tasks": null, "listeners": null})
            }
            ("close", _) => {
                client = None;
                json!({"closed": true})
            }
            _ => panic!("unknown command: {command}"),
        };
        let mut output = std::io::stdout().lock();
        writeln!(output, "{reply}").unwrap();
        output.flush().unwrap();
    }
}

/// Logs every span and event of the client and its dependencies to standard error. Without effect after the first call.
fn log_to_stderr(log: bool) {
    use tracing_subscriber::fmt::format::FmtSpan;
    if log {
        let _once = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_writer(std::io::stderr)
            .try_init();
    }
}

fn wants_log(command: &Value) -> bool {
    command.get("log") != Some(&Value::Bool(false))
}

fn open_client(flavor: &str, command: &Value, sabotage: &str) -> Result<Box<dyn Flavor>, Error> {
    let none = Map::new();
    let mut options = command.get("client").and_then(Value::as_object).unwrap_or(&none).clone();
    match sabotage {
        "retries" => drop(options.insert("max_retries".to_owned(), 0.into())),
        "timeout" => drop(options.insert("timeout".to_owned(), 3.into())),
        "trust" => drop(options.remove("ca_bundle")),
        _ => {}
    }
    let mut builder = Client::builder();
    for (name, value) in &options {
        builder = option(builder, name, value)?;
    }
    if wants_log(command) {
        eprintln!("{builder:?} {builder:#?}"); // must not contain the key
    }
    Ok(match flavor {
        "rust-async" => Box::new(asynchronous::Asynchronous::new(builder)?),
        "rust-blocking" => Box::new(blocking::Blocking::new(builder)?),
        other => panic!("unknown client flavor {other}"),
    })
}

fn option(builder: ClientBuilder, name: &str, value: &Value) -> Result<ClientBuilder, Error> {
    match value {
        Value::Number(number) => builder.option(name, number.as_f64().unwrap()),
        value => builder.option(name, value.as_str().unwrap()),
    }
}

/// Changes a report as a broken client would, for the tests of the suite.
fn sabotaged(mut report: Value, sabotage: &str, key: &str) -> Value {
    if let ("code", Some(code)) = (sabotage, report.pointer_mut("/error/code")) {
        *code = "network".into();
    }
    if let Some(shown) = report.get_mut("shown").and_then(Value::as_array_mut) {
        match sabotage {
            "leak" => shown.push(key.get(key.len().saturating_sub(8)..).into()),
            "leak-base64" => shown.push(STANDARD.encode(format!("key={key}")).into()),
            _ => {}
        }
    }
    report
}
