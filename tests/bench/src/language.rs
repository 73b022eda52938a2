//! Description of one language: its subjects, its sections, and how its workers are started.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::packages::Packages;

/// HTTP client that is measured, in a worker process of its own.
pub(crate) struct Subject {
    /// Name in tables, unique in its language. If several modes have the same client, it ends with the mode.
    pub(crate) name: &'static str,
    /// Mode of waiting for calls, such as `sync`. Empty if the language has only one.
    pub(crate) mode: &'static str,
    pub(crate) tls: bool,
    /// Packages that must be on the worker's class path.
    pub(crate) packages: &'static [&'static str],
}

impl Subject {
    pub(crate) const fn new(mode: &'static str, name: &'static str) -> Self {
        Self { name, mode, tls: true, packages: &[] }
    }

    /// Name in tables whose caption names the mode.
    pub(crate) fn short_name(&self) -> &'static str {
        let suffix = format!(" ({})", self.mode);
        self.name.strip_suffix(&suffix).unwrap_or(self.name)
    }
}

/// Length of a round.
#[derive(Clone, Copy)]
pub(crate) enum Amount {
    Seconds(f64),
    Calls(usize),
}

impl Amount {
    /// The worker's command.
    pub(crate) fn command(self, concurrency: usize) -> Value {
        match self {
            Self::Seconds(seconds) => json!({"do": "calls", "concurrency": concurrency, "seconds": seconds}),
            Self::Calls(count) => json!({"do": "calls", "concurrency": concurrency, "count": count}),
        }
    }
}

/// Rounds of one second with 16 concurrent calls, which a process makes before its first section.
pub(crate) struct WarmUp {
    pub(crate) min_rounds: usize,
    pub(crate) max_rounds: usize,
    /// Calls after which the rounds between the minimum and the maximum are skipped.
    pub(crate) calls: usize,
}

/// Load of a section of calls. Waking another processor costs more than most of these calls do. On one processor the
/// client's own cost shows. On two, figures are closer to those with a remote server. If the client is not pinned, the
/// scheduler decides, and one call at a time may run on either.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) mode: &'static str,
    pub(crate) concurrency: usize,
    pub(crate) tls: bool,
    /// Processor that the client is pinned to.
    pub(crate) client_on: Option<usize>,
    pub(crate) server_on: usize,
    /// Whether the table shows the time of a call or the calls per second.
    pub(crate) by_time: bool,
}

impl Load {
    pub(crate) const fn new(mode: &'static str, concurrency: usize) -> Self {
        Self { mode, concurrency, tls: false, client_on: None, server_on: 1, by_time: concurrency == 1 }
    }

    pub(crate) const fn pinned(self, client: usize, server: usize) -> Self {
        Self { client_on: Some(client), server_on: server, ..self }
    }

    pub(crate) const fn over_tls(self) -> Self {
        Self { tls: true, ..self }
    }

    pub(crate) fn caption(&self) -> String {
        let protocol = if self.tls { "HTTP/1.1 over TLS" } else { "HTTP/1.1" };
        let mode = if self.mode.is_empty() { String::new() } else { format!(", {}", self.mode) };
        let calls = match self.concurrency {
            1 => "one call at a time".to_owned(),
            many => format!("{many} concurrent calls"),
        };
        let place = match self.client_on {
            None => "not pinned",
            Some(processor) if processor == self.server_on => "client and server on one processor",
            Some(_) => "client and server on a processor each",
        };
        format!("{protocol}{mode}, {calls}, {place}")
    }
}

/// Time that an import adds to a fresh process.
pub(crate) struct Imports {
    pub(crate) times: usize,
    pub(crate) peer: &'static str,
    /// Working directory, in which the runtime looks for packages.
    pub(crate) folder: PathBuf,
    /// Ways to import: a heading, and the command that runs a statement.
    pub(crate) ways: Vec<(&'static str, Vec<String>)>,
    /// Statement that does nothing.
    pub(crate) empty: &'static str,
    /// A name and a statement for each way.
    pub(crate) rows: Vec<(&'static str, Vec<String>)>,
}

/// Time of a fresh process to its first session.
pub(crate) struct StartUp {
    pub(crate) times: usize,
    pub(crate) subjects: &'static [&'static str],
    pub(crate) tls: bool,
    /// Command of a program that does nothing.
    pub(crate) empty: Vec<String>,
}

/// Many calls at once over TLS, with a client that has no connection yet.
pub(crate) struct Burst {
    pub(crate) subjects: &'static [&'static str],
    pub(crate) calls: usize,
    /// Maximum number of connections of each client.
    pub(crate) connections: usize,
}

/// Threads, sockets and memory of a process.
pub(crate) struct Footprint {
    /// Runs, of which the table shows the medians.
    pub(crate) times: usize,
    pub(crate) subjects: Vec<&'static str>,
    pub(crate) figures: &'static [Figure],
    /// A heading, and what the worker does before the figures are read.
    pub(crate) stages: Vec<(&'static str, Step)>,
}

pub(crate) enum Figure {
    Threads,
    Sockets,
    Memory,
}

pub(crate) enum Step {
    Start,
    Import,
    Open,
    /// Creates the event loop; only in the mode `asyncio`.
    Loop,
    Calls {
        count: usize,
        concurrency: usize,
    },
}

/// Size of installed packages with their dependencies.
pub(crate) struct Sizes {
    pub(crate) caption: &'static str,
    pub(crate) peer: &'static str,
    /// A name, and the packages that an application installs.
    pub(crate) rows: Vec<(&'static str, Vec<&'static str>)>,
    /// A heading for a column that leaves out packages which most applications have already, and these packages.
    pub(crate) without: Option<(&'static str, &'static [&'static str])>,
    /// Lines below the table.
    pub(crate) notes: fn(&Packages) -> Result<Vec<String>, String>,
}

/// Time to create a handshake token.
pub(crate) struct Tokens {
    pub(crate) subjects: Vec<Subject>,
    /// Name of the subject that uses the language's own cryptography.
    pub(crate) peer: &'static str,
}

pub(crate) enum Section {
    Calls(Load),
    /// Time to create and drop a client, for these subjects.
    Construction(&'static [&'static str]),
    Imports(Imports),
    StartUp(StartUp),
    Burst(Burst),
    Footprint(Footprint),
    Sizes(Sizes),
    Tokens(Tokens),
    /// Size that a statically linked client adds to an executable.
    Executables,
}

pub(crate) type WorkerCommand = Box<dyn Fn(&Subject) -> Vec<String>>;

pub(crate) struct Language {
    /// Command that prints the version of the runtime.
    pub(crate) runtime: Vec<String>,
    /// Command that starts a worker for a subject.
    pub(crate) worker: WorkerCommand,
    pub(crate) subjects: Vec<Subject>,
    /// Subjects that ratios refer to. The first one in a table is its peer.
    pub(crate) peers: &'static [&'static str],
    /// Part of the worker process whose CPU time is measured.
    pub(crate) cpu_of: &'static str,
    pub(crate) rounds: usize,
    pub(crate) round: Amount,
    /// Calls with a new load before its first round: connections are opened, caches are filled.
    pub(crate) settle: Amount,
    /// If set, processes are kept for all sections of one mode, because warming them up takes long.
    pub(crate) warm_up: Option<WarmUp>,
    /// Variable that names a file of additional trusted certificates, if the language's clients read one.
    pub(crate) ca_variable: Option<&'static str>,
    pub(crate) packages: Packages,
    /// Packages whose versions are printed.
    pub(crate) versions_of: &'static [&'static str],
    pub(crate) sections: Vec<(String, Section)>,
}

impl Language {
    pub(crate) fn subject(&self, name: &str) -> Result<&Subject, String> {
        self.subjects.iter().find(|subject| subject.name == name).ok_or(format!("no subject {name}"))
    }
}

/// Makes a command of its words.
pub(crate) fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

pub(crate) fn named<const N: usize>(sections: [(&str, Section); N]) -> Vec<(String, Section)> {
    sections.into_iter().map(|(name, section)| (name.to_owned(), section)).collect()
}
