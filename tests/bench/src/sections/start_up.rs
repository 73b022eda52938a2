//! Table of first sessions: the time of a fresh process to its first session.

use std::io::Read;
use std::process::Stdio;
use std::time::Instant;

use super::ratio;
use crate::language::{Language, StartUp};
use crate::machine;
use crate::server::Servers;
use crate::stats::{median, millis};
use crate::table::{Row, print_table};

/// Program that is started repeatedly.
struct Program {
    name: &'static str,
    command: Vec<String>,
    /// Seconds to the first session, from the first line of the program, as the program prints them.
    sessions: Vec<f64>,
    /// Seconds from the start of the process to its end.
    processes: Vec<f64>,
    requests: usize,
    failure: Option<String>,
}

impl Program {
    fn new(name: &'static str, command: Vec<String>) -> Self {
        let (sessions, processes) = (Vec::new(), Vec::new());
        Self { name, command, sessions, processes, requests: 0, failure: None }
    }

    fn run(&mut self) -> Result<(), String> {
        if self.failure.is_some() {
            return Ok(());
        }
        let started = Instant::now();
        let mut process = machine::command(&self.command)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", self.name))?;
        let mut output = String::new();
        if let Some(pipe) = &mut process.stdout {
            pipe.read_to_string(&mut output).map_err(|error| error.to_string())?;
        }
        let status = process.wait().map_err(|error| error.to_string())?;
        self.processes.push(started.elapsed().as_secs_f64());
        if !status.success() {
            self.failure = Some(format!("failed with {status}: see its message on stderr"));
        }
        self.sessions.extend(output.trim().parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e9));
        Ok(())
    }

    fn session(&self) -> f64 {
        median(self.sessions.iter().copied())
    }

    fn process(&self) -> f64 {
        median(self.processes.iter().copied())
    }
}

pub(crate) fn print(language: &Language, servers: &Servers, start_up: &StartUp) -> Result<(), String> {
    let server = servers.get(1, start_up.tls);
    let ca_file = if start_up.tls { servers.ca_file.to_string_lossy() } else { "".into() };
    let mut empty = Program::new("the empty program", start_up.empty.clone());
    let mut programs = Vec::new();
    for &name in start_up.subjects {
        let arguments = ["first-session", name, &server.url, &ca_file].map(str::to_owned);
        let command = (language.worker)(language.subject(name)?).into_iter().chain(arguments);
        programs.push(Program::new(name, command.collect()));
    }
    for time in 0..=start_up.times {
        empty.run()?;
        for program in &mut programs {
            let before = server.counts();
            program.run()?;
            program.requests += server.counts().since(before).requests;
        }
        if time == 0 {
            // The first run does not count: it brings files into the system's cache.
            for program in programs.iter_mut().chain([&mut empty]) {
                program.sessions.clear();
                program.processes.clear();
            }
        }
    }
    if let Some(failure) = empty.failure {
        return Err(format!("the empty program {failure}"));
    }
    let peer = language.peers.iter().find_map(|peer| programs.iter().find(|program| program.name == *peer));
    let healthy_peer = peer.filter(|peer| peer.failure.is_none());
    let net = |program: &Program| program.process() - empty.process();
    let processes = start_up.times + 1;
    let rows: Vec<Row> = programs
        .iter()
        .map(|program| {
            let figures = || {
                vec![
                    millis(program.session()),
                    ratio(program.session(), healthy_peer.map(Program::session)),
                    millis(net(program)),
                    ratio(net(program), healthy_peer.map(net)),
                    program.requests.to_string(),
                    processes.to_string(),
                ]
            };
            (program.name.to_owned(), program.failure.clone().map_or_else(|| Ok(figures()), Err))
        })
        .collect();
    let caption = format!(
        "fresh process to its first session{}, from the first line of the program; and the whole process without the \
         time of an empty one ({}); {} processes each, after one that does not count; ratios to {}",
        if start_up.tls { " over TLS" } else { "" },
        millis(empty.process()),
        start_up.times,
        peer.map_or("a missing peer", |peer| peer.name)
    );
    let headings = ["first session", "ratio", "process", "ratio", "requests", "processes"];
    print_table(&caption, &headings, &rows);
    for program in programs.iter().filter(|program| program.failure.is_none()) {
        if program.requests != processes {
            println!("! {}: {} requests of {processes} processes", program.name, program.requests);
        }
    }
    Ok(())
}
