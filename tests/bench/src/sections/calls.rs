//! Table of calls: the cost of a call for each client.

use super::ratio;
use crate::language::{Amount, Language, Load};
use crate::pool::{Pool, Rounds};
use crate::stats::{fixed, micros, percent};
use crate::table::{Row, print_table};

pub(crate) fn print(language: &Language, pool: &mut Pool<'_>, load: &Load, rounds: usize, round: Amount) {
    let results = pool.measure(load, rounds, round);
    let peer = results.iter().find(|(subject, _)| language.peers.contains(&subject.name));
    let peer_rounds = peer.and_then(|(_, rounds)| rounds.as_ref().ok());
    let has_js = results.iter().any(|(_, rounds)| rounds.as_ref().is_ok_and(|rounds| rounds.js.is_some()));
    let mut headings = vec![if load.by_time { "wall/call" } else { "calls/s" }, "ratio", "CPU/call", "ratio"];
    if has_js {
        headings.extend(["JS thread", "ratio", "loop busy"]);
    }
    headings.extend(["spread", "requests", "calls", "not 200"]);
    let rows: Vec<Row> = results
        .iter()
        .map(|(subject, rounds)| {
            let figures = rounds.as_ref().map(|rounds| figures(load, rounds, peer_rounds));
            (subject.short_name().to_owned(), figures.map_err(Clone::clone))
        })
        .collect();
    let peer_name = peer.map_or("a missing peer", |(subject, _)| subject.short_name());
    print_table(&format!("{}; ratios to {peer_name}", load.caption()), &headings, &rows);
    for (subject, rounds) in &results {
        if let Ok(Rounds { calls, sessions, requests, .. }) = rounds
            && (calls != sessions || sessions != requests)
        {
            println!(
                "! {}: {calls} calls, {sessions} sessions, {requests} requests: the numbers differ",
                subject.name
            );
        }
    }
}

fn figures(load: &Load, own: &Rounds, peer: Option<&Rounds>) -> Vec<String> {
    let mut figures = if load.by_time {
        vec![micros(own.wall), ratio(own.wall, peer.map(|peer| peer.wall))]
    } else {
        vec![fixed(1.0 / own.wall, 0), ratio(1.0 / own.wall, peer.map(|peer| 1.0 / peer.wall))]
    };
    figures.extend([micros(own.cpu), ratio(own.cpu, peer.map(|peer| peer.cpu))]);
    if let Some((js_cpu, busy)) = own.js {
        let peer_js_cpu = peer.and_then(|peer| peer.js).map(|(js_cpu, _)| js_cpu);
        figures.extend([micros(js_cpu), ratio(js_cpu, peer_js_cpu), percent(busy)]);
    }
    figures.push(percent(own.spread));
    figures.extend([own.requests, own.calls, own.refused].map(|count| count.to_string()));
    figures
}
