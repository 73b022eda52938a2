//! Table of construction: the time to create and drop a client, before any call.

use serde_json::json;

use crate::language::Language;
use crate::machine;
use crate::server::Servers;
use crate::stats::{median, micros};
use crate::table::{Row, print_table};
use crate::worker::Worker;

const TIMES: usize = 200;

pub(crate) fn print(language: &Language, servers: &Servers, names: &[&str]) -> Result<(), String> {
    let url = &servers.get(1, false).url;
    let mut measured = Vec::new();
    for &name in names {
        let command = machine::pinned(Some(0), (language.worker)(language.subject(name)?));
        let request = json!({"do": "construct", "subject": name, "base_url": url});
        measured.push((name, Worker::start(&command, &[])?, request, Vec::new()));
    }
    for _ in 0..TIMES {
        for (_, worker, request, times) in &mut measured {
            times.push(worker.ask(request)?.wall_seconds);
        }
    }
    let rows: Vec<Row> = measured
        .into_iter()
        .map(|(name, _, _, times)| (name.to_owned(), Ok(vec![micros(median(&times))])))
        .collect();
    print_table("construction and drop of a client", &["wall"], &rows);
    Ok(())
}
