//! Speed beside peers, in one run. Rounds are interleaved, so that a machine whose speed drifts drifts for all;
//! medians and ratios are what to quote. The server counts what came, so that nobody is quick by not calling.
//!
//! `just bench` runs all of it, `just bench NAME 16 100000` one contender with 16 calls at
//! once and so many in all, for a profiler. `serve` is the server alone, for benchmarks in other languages;
//! `serve --tls FILE` serves over TLS too, and writes the certificate of its authority to that file.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark is a script"
)]
#![allow(clippy::disallowed_methods, reason = "it meets bare reqwest")]
#![allow(clippy::cast_precision_loss, reason = "counts are small")]

mod contenders;
mod measure;
mod server;
mod tls;

use std::hint::black_box;
use std::time::{Duration, Instant};

use contenders::{CONTENDERS, Contender, client};
use measure::{Round, Rounds};
use server::Server;

const ROUNDS: usize = 9;
const CALLS: usize = 2_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, options @ ..] = arguments.as_slice()
        && command == "serve"
    {
        return serve_others(options);
    }
    rustls::crypto::ring::default_provider().install_default().unwrap(); // bare reqwest brings none
    let server = Server::start_on(1);
    measure::pin(0);
    if let [name, at_once, calls] = arguments.as_slice() {
        let contender =
            CONTENDERS.iter().find(|contender| contender.name == *name).expect("a contender's name");
        let (_, good) = (contender.start)(&server.url)(
            at_once.parse().expect("a number"),
            calls.parse().expect("a number"),
        );
        println!("{good} calls were answered");
        return;
    }
    println!(
        "{ROUNDS} interleaved rounds of {CALLS} calls each, over loopback; the server has a thread of its own."
    );
    println!(
        "CPU is that of the threads that call. Ratios are to bare reqwest, which neither checks nor decodes."
    );
    table("1 at once, client and server on one processor", &Server::start_on(0), 1);
    table("1 at once, each on its own", &server, 1);
    table("16 at once, each on its own", &server, 16);
    construction(&server.url);
}

/// A server for benchmarks in other languages: it says where it listens, one URL for each processor, and for each line
/// that it reads how many requests came to each, and how many of them it did not answer with a 200. Over TLS there are
/// two more, which come last.
fn serve_others(options: &[String]) {
    let mut servers = vec![Server::start_on(0), Server::start_on(1)];
    if let [flag, file] = options
        && flag == "--tls"
    {
        let (tls, authority) = tls::acceptor();
        std::fs::write(file, authority).expect("a file that can be written");
        servers.extend([0, 1].map(|processor| Server::start_tls_on(processor, tls.clone())));
    }
    let line =
        |of: fn(&Server) -> String| println!("{}", servers.iter().map(of).collect::<Vec<_>>().join(" "));
    line(|server| server.url.clone());
    for _ in std::io::stdin().lines() {
        line(|server| format!("{} {}", server.count(), server.refused()));
    }
}

fn table(title: &str, server: &Server, at_once: usize) {
    println!("\n{title}");
    println!(
        "{:<28}{:>10}{:>9}{:>11}{:>9}{:>11}{:>10}",
        "", "wall/call", "ratio", "CPU/call", "ratio", "requests", "not 200"
    );
    let mut runs: Vec<_> = CONTENDERS.iter().map(|contender| (contender.start)(&server.url)).collect();
    let mut rounds: Vec<_> = CONTENDERS.iter().map(|_| Rounds::default()).collect();
    for run in &mut runs {
        run(at_once, CALLS / 10); // connections are open, caches are warm
    }
    for _ in 0..ROUNDS {
        for (run, rounds) in runs.iter_mut().zip(&mut rounds) {
            let (before, started) = (server.count(), Instant::now());
            let (cpu, good) = run(at_once, CALLS);
            rounds.push(Round {
                wall: started.elapsed(),
                cpu,
                requests: server.count() - before,
                bad: CALLS - good,
            });
        }
    }
    let peer = CONTENDERS.iter().position(|contender| contender.name == "reqwest").unwrap();
    let (wall, cpu) = rounds.get(peer).map(|rounds| (rounds.wall(), rounds.cpu())).unwrap();
    for (Contender { name, .. }, rounds) in CONTENDERS.iter().zip(&rounds) {
        println!(
            "{name:<28}{:>10}{:>9.2}{:>11}{:>9.2}{:>11}{:>10}",
            per_call(rounds.wall()),
            rounds.wall().as_secs_f64() / wall.as_secs_f64(),
            per_call(rounds.cpu()),
            rounds.cpu().as_secs_f64() / cpu.as_secs_f64(),
            rounds.requests(),
            rounds.bad(),
        );
    }
}

fn per_call(time: Duration) -> String {
    format!("{:.1} us", time.as_secs_f64() * 1e6 / CALLS as f64)
}

/// What a client costs before its first call.
fn construction(url: &str) {
    let mut times: Vec<(&str, Vec<Duration>)> =
        vec![("renumerate, async", vec![]), ("renumerate, blocking", vec![]), ("reqwest", vec![])];
    for _ in 0..200 {
        for (name, times) in &mut times {
            let started = Instant::now();
            match *name {
                "renumerate, async" => drop(black_box(client(url).build().unwrap())),
                "renumerate, blocking" => drop(black_box(client(url).blocking().build().unwrap())),
                _ => drop(black_box(reqwest::Client::new())),
            }
            times.push(started.elapsed());
        }
    }
    println!("\na client made and dropped");
    for (name, times) in times {
        println!("{name:<28}{:>10.1} us", measure::median(times).as_secs_f64() * 1e6);
    }
}
