//! Table of tokens: the time to create a handshake token, next to code that uses the language's own cryptography.

use serde_json::json;

use super::ratio;
use crate::language::{Language, Tokens};
use crate::machine;
use crate::stats::{median, micros, percent, spread};
use crate::table::{Row, print_table};
use crate::worker::{Reply, Worker};

/// Tokens of a round.
const COUNT: usize = 20_000;

/// Rounds that do not count. The JVM and Node first run the code in an interpreter.
const WARM_UP_ROUNDS: usize = 10;

pub(crate) fn print(language: &Language, tokens: &Tokens, rounds: usize) -> Result<(), String> {
    let mut measured = Vec::new();
    for subject in &tokens.subjects {
        let mut worker = Worker::start(&machine::pinned(Some(0), (language.worker)(subject)), &[])?;
        let request = json!({"do": "tokens", "subject": subject.name, "count": COUNT});
        for _ in 0..WARM_UP_ROUNDS {
            worker.ask(&request)?;
        }
        measured.push((subject.name, worker, request, Vec::new()));
    }
    for _ in 0..rounds {
        for (_, worker, request, replies) in &mut measured {
            replies.push(worker.ask(request)?);
        }
    }
    let figures: Vec<(&str, Figures)> =
        measured.iter().map(|(name, _, _, replies)| (*name, Figures::new(replies))).collect();
    let peer = figures.iter().find(|(name, _)| *name == tokens.peer).map(|(_, figures)| figures);
    let cells = |own: &Figures| {
        vec![
            micros(own.wall),
            ratio(own.wall, peer.map(|peer| peer.wall)),
            micros(own.cpu),
            ratio(own.cpu, peer.map(|peer| peer.cpu)),
            percent(own.spread),
        ]
    };
    let rows: Vec<Row> = figures.iter().map(|(name, own)| ((*name).to_owned(), Ok(cells(own)))).collect();
    let caption = format!("handshake tokens, on one processor; ratios to {}", tokens.peer);
    print_table(&caption, &["wall/token", "ratio", "CPU/token", "ratio", "spread"], &rows);
    Ok(())
}

/// Medians of the times for a token, in seconds, and the spread of the wall time.
struct Figures {
    wall: f64,
    cpu: f64,
    spread: f64,
}

impl Figures {
    fn new(replies: &[Reply]) -> Self {
        let each = |figure: fn(&Reply) -> f64| -> Vec<f64> {
            replies.iter().map(|reply| figure(reply) / COUNT as f64).collect()
        };
        let walls = each(|reply| reply.wall_seconds);
        Self { wall: median(&walls), cpu: median(&each(|reply| reply.cpu_seconds)), spread: spread(&walls) }
    }
}
