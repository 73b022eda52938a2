//! Table of imports: the time that an import adds to a fresh process.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::language::Imports;
use crate::machine;
use crate::stats::{least, median, millis};
use crate::table::{Row, print_table};

/// A statement that is run in fresh processes, in one of the ways to import.
struct Statement {
    /// The way's command and the statement.
    words: Vec<String>,
    /// Times of processes in seconds, or the reason why the statement fails.
    times: Result<Vec<f64>, String>,
}

impl Statement {
    /// Runs the statement once: files are in the system's cache afterwards, and Python has compiled its modules.
    fn new(imports: &Imports, way: &[String], code: &str) -> Self {
        let mut statement = Self { words: [way, &[code.to_owned()]].concat(), times: Ok(Vec::new()) };
        statement.times =
            statement.command(imports).output().map_err(|error| error.to_string()).and_then(|run| {
                let message = String::from_utf8_lossy(&run.stderr);
                let is_error = |line: &&str| {
                    line.split(|letter: char| !letter.is_alphanumeric())
                        .next()
                        .is_some_and(|word| word.ends_with("Error"))
                };
                match message.lines().find(is_error) {
                    _ if run.status.success() => Ok(Vec::new()),
                    Some(line) => Err(format!("is missing: {line}")),
                    None => Err(format!("is missing: {}", run.status)),
                }
            });
        statement
    }

    fn run(&mut self, imports: &Imports) -> Result<(), String> {
        let mut command = self.command(imports);
        if let Ok(times) = &mut self.times {
            let started = Instant::now();
            command.output().map_err(|error| error.to_string())?;
            times.push(started.elapsed().as_secs_f64());
        }
        Ok(())
    }

    fn command(&self, imports: &Imports) -> Command {
        let mut command = machine::command(&self.words);
        command.current_dir(&imports.folder).stdin(Stdio::null());
        command
    }

    /// Statistic of the times, without that of an empty process.
    fn net(&self, empty: &Self, statistic: fn(&[f64]) -> f64) -> Result<f64, String> {
        let of = |statement: &Self| statement.times.as_deref().map(statistic).map_err(Clone::clone);
        Ok(of(self)? - of(empty)?)
    }
}

pub(crate) fn print(imports: &Imports) -> Result<(), String> {
    let in_all_ways = |codes: &[String]| -> Vec<Statement> {
        let ways = imports.ways.iter().zip(codes);
        ways.map(|((_, way), code)| Statement::new(imports, way, code)).collect()
    };
    let empty_codes = vec![imports.empty.to_owned(); imports.ways.len()];
    let mut empty = in_all_ways(&empty_codes);
    let mut rows: Vec<_> = imports.rows.iter().map(|(name, codes)| (*name, in_all_ways(codes))).collect();
    for _ in 0..imports.times {
        let all = empty.iter_mut().chain(rows.iter_mut().flat_map(|(_, statements)| statements));
        for statement in all {
            statement.run(imports)?;
        }
    }
    let middle = |times: &[f64]| median(times.iter().copied());
    let peer = rows.iter().find(|(name, _)| *name == imports.peer).map(|(_, statements)| statements);
    let table: Vec<Row> = rows
        .iter()
        .map(|(name, statements)| {
            let mut figures = Vec::new();
            for (index, (statement, empty)) in statements.iter().zip(&empty).enumerate() {
                let peer = peer.and_then(|peer| peer.get(index)?.net(empty, middle).ok());
                let (own, smallest) = match (statement.net(empty, middle), statement.net(empty, least)) {
                    (Ok(own), Ok(smallest)) => (own, smallest),
                    (Err(reason), _) | (_, Err(reason)) => return ((*name).to_owned(), Err(reason)),
                };
                let ratio = peer.map_or("-".to_owned(), |peer| format!("{:.3}", own / peer));
                figures.extend([millis(own), ratio, millis(smallest)]);
            }
            ((*name).to_owned(), Ok(figures))
        })
        .collect();
    let empty: Vec<String> = empty
        .iter()
        .map(|statement| statement.times.as_deref().map_or("?".to_owned(), |times| millis(middle(times))))
        .collect();
    let headings: Vec<&str> = imports.ways.iter().flat_map(|(way, _)| [*way, "ratio", "least"]).collect();
    let caption = format!(
        "imports, without the time of an empty process ({}): medians of {} fresh processes, and the least; ratios to {}",
        empty.join(", "),
        imports.times,
        imports.peer
    );
    print_table(&caption, &headings, &table);
    Ok(())
}
