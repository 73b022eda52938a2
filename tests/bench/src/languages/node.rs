use std::path::Path;

use crate::language::{
    Amount, Burst, Figure, Footprint, Imports, Language, Load, Section, Sizes, Step, Subject, Tokens, named,
    words,
};
use crate::packages::{Packages, file_in, gzip_size, size};
use crate::stats::megabytes;

const OURS: &str = "@renumerate/node";
const BURST: Burst = Burst { subjects: &[OURS, "undici Pool"], calls: 3000, connections: 100 };
const INSTALLED: [&str; 5] = [OURS, "undici", "stripe", "axios", "got"];
const SUBJECTS: [&str; 8] =
    [OURS, "undici Pool", "undici Agent", "node:http(s)", "stripe", "axios", "got", "fetch"];
const ONE_CPU: Load = Load::new("", 1).pinned(0, 0);

pub(crate) fn language(home: &Path) -> Result<Language, String> {
    // `fetch` is a copy of undici that comes with Node.
    let versions = "`Node.js ${process.versions.node} with undici ${process.versions.undici}`";
    let worker = words(&["node", &home.join("worker.mjs").to_string_lossy()]);
    Ok(Language {
        runtime: words(&["node", "--print", versions]),
        worker: Box::new(move |_| worker.clone()),
        subjects: SUBJECTS.map(|name| Subject::new("", name)).into(),
        // The fastest one.
        peers: &["undici Pool"],
        cpu_of: "the client's process, and of its thread that runs JavaScript",
        rounds: 7,
        round: Amount::Seconds(0.25),
        // The runtime also compiles what runs often.
        settle: Amount::Seconds(1.0),
        warm_up: None,
        ca_variable: Some("NODE_EXTRA_CA_CERTS"),
        packages: Packages::of_node(&home.join("node_modules"), &INSTALLED)?,
        versions_of: &["undici", "stripe", "axios", "got"],
        sections: named([
            ("one-cpu", Section::Calls(ONE_CPU)),
            ("http-1", Section::Calls(Load::new("", 1))),
            ("http-16", Section::Calls(Load::new("", 16))),
            ("http-64", Section::Calls(Load::new("", 64))),
            ("tls-one-cpu", Section::Calls(ONE_CPU.over_tls())),
            ("tls-1", Section::Calls(Load::new("", 1).over_tls())),
            ("tls-16", Section::Calls(Load::new("", 16).over_tls())),
            ("tls-64", Section::Calls(Load::new("", 64).over_tls())),
            ("burst", Section::Burst(BURST)),
            ("imports", Section::Imports(imports(home))),
            ("token", Section::Tokens(tokens())),
            ("footprint", Section::Footprint(footprint())),
            ("sizes", Section::Sizes(sizes())),
        ]),
    })
}

fn imports(home: &Path) -> Imports {
    let names = [OURS, "node:http", "undici", "stripe", "axios", "got"];
    let row = |name| (name, vec![format!("require('{name}')"), format!("import '{name}'")]);
    Imports {
        times: 15,
        peer: "undici",
        folder: home.to_owned(),
        ways: vec![
            ("require", words(&["node", "--eval"])),
            ("import", words(&["node", "--input-type=module", "--eval"])),
        ],
        empty: "0",
        rows: names.map(row).into(),
    }
}

fn tokens() -> Tokens {
    let peer = "node:crypto";
    Tokens { subjects: [OURS, peer].map(|name| Subject::new("", name)).into(), peer }
}

fn footprint() -> Footprint {
    Footprint {
        times: 5,
        subjects: SUBJECTS.into(),
        figures: &[Figure::Threads, Figure::Memory],
        stages: vec![
            ("before", Step::Start),
            ("imported", Step::Import),
            ("constructed", Step::Open),
            ("called", Step::Calls { count: 1, concurrency: 1 }),
        ],
    }
}

fn sizes() -> Sizes {
    Sizes {
        caption: "installed, ours with the native code of this platform only",
        peer: "undici",
        rows: INSTALLED.map(|name| (name, vec![name])).into(),
        without: None,
        notes: |packages| {
            let package = packages.get(OURS).ok_or(format!("{OURS} is missing"))?;
            let native = file_in(&package.file, ".node")?;
            let archive = file_in(Path::new("target/bench/node/archive"), ".tgz")?;
            Ok(vec![
                format!(
                    "native code of {OURS}: {}, as gzip {}",
                    megabytes(size(&native)),
                    megabytes(gzip_size(&native)?)
                ),
                format!("archive of {OURS}: {}", megabytes(size(&archive))),
            ])
        },
    }
}
