//! Table of imports: the time that an import adds to a fresh process.

use crate::fresh_process::Program;
use crate::language::Imports;
use crate::stats::{least, median, millis};
use crate::table::{Row, print_table};

pub(crate) fn print(imports: &Imports) {
    // A program for each way to import.
    let in_all_ways = |statements: &[String]| -> Vec<Program> {
        let ways = imports.ways.iter().zip(statements);
        let command = |way: &[String], statement: &str| [way, &[statement.to_owned()]].concat();
        ways.map(|((_, way), statement)| Program::new(command(way, statement), &imports.folder)).collect()
    };
    let mut empty = in_all_ways(&vec![imports.empty.to_owned(); imports.ways.len()]);
    let mut rows: Vec<_> = imports.rows.iter().map(|(name, codes)| (*name, in_all_ways(codes))).collect();
    for time in 0..=imports.times {
        for program in empty.iter_mut().chain(rows.iter_mut().flat_map(|(_, programs)| programs)) {
            program.run();
            if time == 0 {
                program.forget();
            }
        }
    }
    let peer = rows.iter().find(|(name, _)| *name == imports.peer).map(|(_, programs)| programs);
    let figures = |programs: &[Program]| {
        let mut figures = Vec::new();
        for (index, (program, empty)) in programs.iter().zip(&empty).enumerate() {
            if let Some(failure) = &program.failure {
                return Err(failure.clone());
            }
            let net = program.net(empty, median);
            let peer_net = peer.and_then(|peer| Some(peer.get(index)?.net(empty, median)));
            let ratio = peer_net.map_or("-".to_owned(), |peer| format!("{:.3}", net / peer));
            figures.extend([millis(net), ratio, millis(program.net(empty, least))]);
        }
        Ok(figures)
    };
    let table: Vec<Row> =
        rows.iter().map(|(name, programs)| ((*name).to_owned(), figures(programs))).collect();
    let empty: Vec<String> = empty.iter().map(|program| millis(median(&program.times))).collect();
    let caption = format!(
        "imports, without the time of an empty process ({}): medians of {} fresh processes, and the least; \
         ratios to {}",
        empty.join(", "),
        imports.times,
        imports.peer
    );
    let headings: Vec<&str> = imports.ways.iter().flat_map(|(way, _)| [*way, "ratio", "least"]).collect();
    print_table(&caption, &headings, &table);
}
