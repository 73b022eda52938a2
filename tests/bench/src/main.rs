//! Compares the SDK with other HTTP clients of one language; see README.md. Times are not asserted.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark is a script, and its counts are small"
)]

mod fresh_process;
mod language;
mod languages;
mod machine;
mod packages;
mod pool;
mod sections;
mod server;
mod stats;
mod table;
mod tls;
mod trust;
mod worker;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use language::{Amount, Language, Section};
use pool::Pool;
use server::Servers;

#[derive(Parser)]
struct Arguments {
    /// Language whose clients are measured; its workers must have been built
    #[arg(long)]
    language: languages::Name,
    /// Sections to run, instead of all
    #[arg(long, num_args = 1.., value_name = "SECTION")]
    only: Vec<String>,
    /// Rounds of each client
    #[arg(long)]
    rounds: Option<usize>,
    /// Seconds of a round
    #[arg(long)]
    seconds: Option<f64>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let started = Instant::now();
    let home = home(arguments.language)?;
    let language = arguments.language.language(&home)?;
    let names: Vec<&str> = language.sections.iter().map(|(name, _)| name.as_str()).collect();
    if let Some(unknown) = arguments.only.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(format!("no section {unknown}; sections: {}", names.join(", ")));
    }
    let rounds = arguments.rounds.unwrap_or(language.rounds).max(1);
    let round = arguments.seconds.map_or(language.round, Amount::Seconds);
    print_introduction(&language, rounds, round)?;
    let servers = Servers::start(home.join("authority.pem"))?;
    if matches!(arguments.language, languages::Name::Swift) {
        trust::add_to_platform(&servers.ca_file);
    }
    let mut kept: Option<Pool<'_>> = None;
    for (name, section) in &language.sections {
        if !arguments.only.is_empty() && !arguments.only.iter().any(|wanted| wanted == name) {
            continue;
        }
        if let Section::Calls(load) = section {
            // The old pool is dropped before there is a new one, and with it the processes.
            kept = kept.filter(|pool| pool.serves(load));
            let pool = kept.get_or_insert_with(|| Pool::new(&language, &servers, load));
            sections::calls::print(&language, pool, load, rounds, round);
            continue;
        }
        kept = None;
        match section {
            Section::Calls(_) => {}
            Section::Construction(names) => sections::construction::print(&language, &servers, names)?,
            Section::Imports(imports) => sections::imports::print(imports),
            Section::StartUp(start_up) => sections::start_up::print(&language, &servers, start_up)?,
            Section::Burst(burst) => sections::burst::print(&language, &servers, burst, rounds),
            Section::Footprint(footprint) => sections::footprint::print(&language, &servers, footprint),
            Section::Sizes(sizes) => sections::sizes::print(&language.packages, sizes)?,
            Section::Tokens(tokens) => sections::tokens::print(&language, tokens, rounds)?,
            Section::Executables => sections::executables::print(&language, &home)?,
        }
    }
    println!("\nfinished after {} s", started.elapsed().as_secs());
    Ok(())
}

/// The folder in which a language's workers and packages are built.
fn home(language: languages::Name) -> Result<std::path::PathBuf, String> {
    let value = clap::ValueEnum::to_possible_value(&language);
    let name = value.map(|value| value.get_name().to_owned()).unwrap_or_default();
    let home = Path::new("target/bench").join(name);
    std::fs::create_dir_all(&home).and_then(|()| home.canonicalize()).map_err(|error| error.to_string())
}

fn print_introduction(language: &Language, rounds: usize, round: Amount) -> Result<(), String> {
    let runtime = machine::output(&language.runtime)?;
    println!("{}", machine::description(runtime.lines().next().unwrap_or_default()));
    if !language.versions_of.is_empty() {
        let versions = language.versions_of.iter().map(|name| language.packages.versioned(name));
        println!("{}", versions.collect::<Vec<_>>().join(", "));
    }
    let length = match round {
        Amount::Seconds(seconds) => format!("{seconds} s"),
        Amount::Calls(count) => format!("{count} calls"),
    };
    println!("{rounds} interleaved rounds of {length} for each client, over loopback. Figures are medians.");
    println!(
        "Machines are noisy: quote ratios, and treat those that differ by less than the spread as equal."
    );
    println!(
        "A ratio is the figure to its left divided by that of the peer. CPU is that of {}.",
        language.cpu_of
    );
    if !machine::can_pin() {
        println!("! processors 0 and 1 are not both available: nothing is pinned");
    }
    Ok(())
}
