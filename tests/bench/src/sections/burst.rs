//! Table of bursts: many calls at once over TLS, with a client that has no connection yet.

use super::ratio;
use crate::language::{Amount, Burst, Language};
use crate::machine;
use crate::server::Servers;
use crate::stats::median;
use crate::stats::{millis, percent, spread};
use crate::table::{Row, print_table};
use crate::worker::{Worker, open};

pub(crate) fn print(language: &Language, servers: &Servers, burst: &Burst, rounds: usize) {
    let mut walls: Vec<Result<Vec<f64>, String>> = burst.subjects.iter().map(|_| Ok(Vec::new())).collect();
    for _ in 0..rounds {
        for (&name, walls) in burst.subjects.iter().zip(&mut walls) {
            let Ok(seconds) = walls else { continue };
            match one(language, servers, burst, name) {
                Ok(wall) => seconds.push(wall),
                Err(failure) => *walls = Err(failure),
            }
        }
    }
    let peer = burst.subjects.iter().zip(&walls).find(|(name, _)| language.peers.contains(name));
    let peer_wall = peer.and_then(|(_, walls)| walls.as_ref().ok()).map(|walls| median(walls));
    let figures = |walls: &Vec<f64>| {
        vec![millis(median(walls)), ratio(median(walls), peer_wall), percent(spread(walls))]
    };
    let rows: Vec<Row> = burst
        .subjects
        .iter()
        .zip(&walls)
        .map(|(name, walls)| ((*name).to_owned(), walls.as_ref().map(figures).map_err(Clone::clone)))
        .collect();
    let caption = format!(
        "{} calls at once over TLS, with at most {} connections, in a fresh process; {rounds} processes each; ratios to {}",
        burst.calls,
        burst.connections,
        peer.map_or("a missing peer", |(name, _)| name)
    );
    print_table(&caption, &["wall", "ratio", "spread"], &rows);
}

/// Returns the seconds of a burst.
fn one(language: &Language, servers: &Servers, burst: &Burst, name: &str) -> Result<f64, String> {
    let subject = language.subject(name)?;
    let ca_file = servers.ca_file.to_string_lossy();
    let variables: Vec<_> = language.ca_variable.iter().map(|&name| (name, &*ca_file)).collect();
    let mut worker = Worker::start(&machine::pinned(None, (language.worker)(subject)), &variables)?;
    worker.ask(&open(subject, servers.get(1, true), Some(&*ca_file), burst.connections))?;
    let reply = worker.ask(&Amount::Calls(burst.calls).command(burst.calls))?;
    if reply.sessions != burst.calls {
        return Err(format!("{} of {} calls returned a session", reply.sessions, burst.calls));
    }
    Ok(reply.wall_seconds)
}
