//! Tables of the footprint: threads, sockets and memory of a worker, before and after it has a client.

use std::path::Path;

use crate::language::{Amount, Figure, Footprint, Language, Step};
use crate::server::Servers;
use crate::stats::{fixed, median, megabytes};
use crate::table::{Row, print_table};
use crate::worker::{Worker, import, open};

/// Figures of each stage in a run, or nothing for a stage that the subject does not have.
type Stages = Vec<Option<Vec<f64>>>;

impl Figure {
    fn caption(&self) -> &'static str {
        match self {
            Self::Threads => "threads; those at the start belong to the runtime",
            Self::Sockets => "open sockets; an asyncio loop has two of its own",
            Self::Memory => "resident memory",
        }
    }

    fn text(&self, value: f64) -> String {
        match self {
            Self::Threads | Self::Sockets => fixed(value, 0),
            Self::Memory => megabytes(value),
        }
    }

    /// Reads the figure of another process from `/proc`.
    fn read(&self, process: u32) -> Result<f64, String> {
        let folder = Path::new("/proc").join(process.to_string());
        let read = || {
            Ok(match self {
                Self::Threads => folder.join("task").read_dir()?.count() as f64,
                Self::Sockets => {
                    let descriptors = folder.join("fd").read_dir()?.flatten();
                    let targets = descriptors.filter_map(|entry| entry.path().read_link().ok());
                    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count() as f64
                }
                Self::Memory => {
                    let status = std::fs::read_to_string(folder.join("status"))?;
                    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
                    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
                    1024.0 * kilobytes.unwrap_or(f64::NAN)
                }
            })
        };
        read().map_err(|error: std::io::Error| error.to_string())
    }
}

pub(crate) fn print(language: &Language, servers: &Servers, footprint: &Footprint) {
    let runs: Vec<(&str, Result<Vec<Stages>, String>)> = footprint
        .subjects
        .iter()
        .map(|&name| (name, (0..footprint.times).map(|_| run(language, servers, footprint, name)).collect()))
        .collect();
    let headings: Vec<&str> = footprint.stages.iter().map(|(heading, _)| *heading).collect();
    for (index, figure) in footprint.figures.iter().enumerate() {
        let cell = |runs: &[Stages], stage: usize| {
            let values: Option<Vec<f64>> =
                runs.iter().map(|run| run.get(stage)?.as_ref()?.get(index).copied()).collect();
            values.map_or(String::new(), |values| figure.text(median(&values)))
        };
        let row = |runs: &Vec<Stages>| (0..headings.len()).map(|stage| cell(runs, stage)).collect::<Vec<_>>();
        let rows: Vec<Row> = runs
            .iter()
            .map(|(name, runs)| ((*name).to_owned(), runs.as_ref().map(row).map_err(Clone::clone)))
            .collect();
        print_table(figure.caption(), &headings, &rows);
    }
}

fn run(language: &Language, servers: &Servers, footprint: &Footprint, name: &str) -> Result<Stages, String> {
    let subject = language.subject(name)?;
    let mut worker = Worker::start(&(language.worker)(subject), &[])?;
    let mut stages = Vec::new();
    for (_, step) in &footprint.stages {
        let command = match step {
            Step::Start => None,
            Step::Import => Some(import(subject)),
            Step::Open => Some(open(subject, servers.get(1, false), None, 1)),
            Step::Loop if subject.mode == "asyncio" => Some(serde_json::json!({"do": "loop"})),
            Step::Loop => {
                stages.push(None);
                continue;
            }
            Step::Calls { count, concurrency } => Some(Amount::Calls(*count).command(*concurrency)),
        };
        if let Some(command) = command {
            let reply = worker.ask(&command)?;
            if reply.calls != reply.sessions {
                return Err(format!("{} calls without a session", reply.calls - reply.sessions));
            }
        }
        let figures: Result<_, _> =
            footprint.figures.iter().map(|figure| figure.read(worker.process_id())).collect();
        stages.push(Some(figures?));
    }
    Ok(stages)
}
