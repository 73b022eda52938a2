//! The driver of Rust's two clients: see `tests/trials/drivers/README.md`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::panic,
    reason = "it is a part of a test, which fails loudly"
)]
#![allow(clippy::disallowed_methods, reason = "it is a program of its own, and not the client")]

mod asynchronous;
mod blocking;
mod memory;
mod told;

use std::io::{BufRead, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use renumerate::{Client, ClientBuilder, Error};
use serde_json::{Map, Value, json};

/// A way to make calls.
trait Face {
    fn call(&self, what: &Value) -> Value;
    fn calls(&self, count: usize, at_once: usize) -> Value;
    fn cancel(&self, count: usize, at_once: usize, longest: f64) -> Value;
}

fn main() {
    let face = std::env::args().nth(1).unwrap_or_default();
    let sabotage = std::env::var("DRIVER_SABOTAGE").unwrap_or_default();
    let (mut open, mut key): (Option<Box<dyn Face>>, String) = (None, String::new());
    for line in std::io::stdin().lock().lines() {
        let what: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let number =
            |name: &str| what.get(name).and_then(Value::as_u64).map_or(0, |it| usize::try_from(it).unwrap());
        let answer = match (what.get("do").and_then(Value::as_str).unwrap_or_default(), &open) {
            ("open", _) => {
                listen(what.get("log") != Some(&Value::Bool(false)));
                what.pointer("/client/private_key")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .clone_into(&mut key);
                match make(&face, &what, &sabotage) {
                    Ok(made) => {
                        open = Some(made);
                        json!({"opened": true})
                    }
                    Err(error) => told::error(&error, Vec::new()),
                }
            }
            ("call", Some(client)) => sabotaged(client.call(&what), &sabotage, &key),
            ("calls", Some(client)) => client.calls(number("count"), number("at_once")),
            ("cancel", Some(client)) => {
                let longest = what.get("longest").and_then(Value::as_f64).unwrap_or_default();
                client.cancel(number("count"), number("at_once"), longest)
            }
            ("measure", _) => {
                memory::give_back();
                json!({"heap": null, "tasks": null, "listeners": null})
            }
            ("close", _) => {
                open = None;
                json!({"closed": true})
            }
            _ => panic!("not understood: {what}"),
        };
        let mut output = std::io::stdout().lock();
        writeln!(output, "{answer}").unwrap();
        output.flush().unwrap();
    }
}

/// Every span and event of the client and of all that it is made of goes to standard error, once for the process.
fn listen(log: bool) {
    use tracing_subscriber::fmt::format::FmtSpan;
    if log {
        let _once = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_writer(std::io::stderr)
            .try_init();
    }
}

fn make(face: &str, what: &Value, sabotage: &str) -> Result<Box<dyn Face>, Error> {
    let none = Map::new();
    let mut options = what.get("client").and_then(Value::as_object).unwrap_or(&none).clone();
    match sabotage {
        "retries" => drop(options.insert("max_retries".to_owned(), 0.into())),
        "patience" => drop(options.insert("timeout".to_owned(), 3.into())),
        "trust" => drop(options.remove("ca_bundle")),
        _ => {}
    }
    let mut builder = Client::builder();
    for (name, value) in &options {
        builder = option(builder, name, value)?;
    }
    Ok(match face {
        "rust-async" => Box::new(asynchronous::Asynchronous::new(builder)?),
        "rust-blocking" => Box::new(blocking::Blocking::new(builder)?),
        other => panic!("there is no face {other}"),
    })
}

fn option(builder: ClientBuilder, name: &str, value: &Value) -> Result<ClientBuilder, Error> {
    match value {
        Value::Number(number) => builder.option(name, number.as_f64().unwrap()),
        value => builder.option(name, value.as_str().unwrap()),
    }
}

/// What a broken client would say, so that the scoreboard can be seen to notice it.
fn sabotaged(mut answer: Value, sabotage: &str, key: &str) -> Value {
    if let ("code", Some(code)) = (sabotage, answer.pointer_mut("/error/code")) {
        *code = "network".into();
    }
    if let Some(shown) = answer.get_mut("shown").and_then(Value::as_array_mut) {
        match sabotage {
            "leak" => shown.push(key.get(key.len().saturating_sub(8)..).into()),
            "leak-base64" => shown.push(STANDARD.encode(format!("key={key}")).into()),
            _ => {}
        }
    }
    answer
}
