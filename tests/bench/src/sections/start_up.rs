//! Table of first sessions: the time of a fresh process to its first session.

use std::path::Path;

use super::ratio;
use crate::fresh_process::Program;
use crate::language::{Language, StartUp};
use crate::server::Servers;
use crate::stats::{median, millis};
use crate::table::{Row, print_table};

struct Start {
    name: &'static str,
    /// Prints the nanoseconds from its first line to the first session.
    program: Program,
    requests: usize,
}

impl Start {
    fn session(&self) -> f64 {
        median(&self.program.printed) / 1e9
    }
}

pub(crate) fn print(language: &Language, servers: &Servers, start_up: &StartUp) -> Result<(), String> {
    let here = Path::new(".");
    let server = servers.get(1, start_up.tls);
    let ca_file = if start_up.tls { servers.ca_file.to_string_lossy() } else { "".into() };
    let mut empty = Program::new(start_up.empty.clone(), here);
    let mut starts = Vec::new();
    for &name in start_up.subjects {
        let arguments = ["first-session", name, &server.url, &ca_file].map(str::to_owned);
        let command = [(language.worker)(language.subject(name)?), arguments.into()].concat();
        starts.push(Start { name, program: Program::new(command, here), requests: 0 });
    }
    for time in 0..=start_up.times {
        empty.run();
        for start in &mut starts {
            let before = server.counts();
            start.program.run();
            start.requests += server.counts().since(before).requests;
        }
        if time == 0 {
            starts.iter_mut().map(|start| &mut start.program).chain([&mut empty]).for_each(Program::forget);
        }
    }
    let peer = language.peers.iter().find_map(|peer| starts.iter().find(|start| start.name == *peer));
    let healthy_peer = peer.filter(|peer| peer.program.failure.is_none());
    let process = |start: &Start| start.program.net(&empty, median);
    let processes = start_up.times + 1;
    let figures = |start: &Start| {
        if let Some(failure) = &start.program.failure {
            return Err(failure.clone());
        }
        Ok(vec![
            millis(start.session()),
            ratio(start.session(), healthy_peer.map(Start::session)),
            millis(process(start)),
            ratio(process(start), healthy_peer.map(process)),
            start.requests.to_string(),
            processes.to_string(),
        ])
    };
    let rows: Vec<Row> = starts.iter().map(|start| (start.name.to_owned(), figures(start))).collect();
    let caption = format!(
        "fresh process to its first session{}, from the first line of the program; and the whole process without the \
         time of an empty one ({}); {} processes each, after one that does not count; ratios to {}",
        if start_up.tls { " over TLS" } else { "" },
        millis(median(&empty.times)),
        start_up.times,
        peer.map_or("a missing peer", |peer| peer.name)
    );
    let headings = ["first session", "ratio", "process", "ratio", "requests", "processes"];
    print_table(&caption, &headings, &rows);
    for start in starts.iter().filter(|start| start.program.failure.is_none()) {
        if start.requests != processes {
            println!("! {}: {} requests of {processes} processes", start.name, start.requests);
        }
    }
    Ok(())
}
