use std::path::Path;

use crate::language::{
    Amount, Burst, Figure, Footprint, Imports, Language, Load, Section, Sizes, Step, Subject, Tokens, named,
    words,
};
use crate::machine;
use crate::packages::Packages;

const SYNC: &str = "sync";
const ASYNCIO: &str = "asyncio";
const BURST: Burst =
    Burst { subjects: &["renumerate_sdk.AsyncClient", "aiohttp"], calls: 3000, connections: 100 };
const PEERS: [&str; 5] = ["urllib3", "requests", "httpx", "aiohttp", "stripe"];

pub(crate) fn language(home: &Path) -> Result<Language, String> {
    let python = home.join("bin/python").to_string_lossy().into_owned();
    let worker = words(&[&python, "tests/bench/python/worker.py"]);
    let versioned = "import platform; print(platform.python_implementation(), platform.python_version())";
    Ok(Language {
        runtime: words(&[&python, "-c", versioned]),
        packages: Packages::of_command(&words(&[&python, "tests/bench/python/packages.py"]))?,
        worker: Box::new(move |_| worker.clone()),
        subjects: vec![
            Subject::new(SYNC, "renumerate_sdk.Client"),
            Subject::new(SYNC, "http.client"),
            Subject::new(SYNC, "urllib3"),
            Subject::new(SYNC, "requests"),
            Subject::new(SYNC, "httpx.Client"),
            Subject::new(SYNC, "stripe, on requests"),
            Subject::new(ASYNCIO, "renumerate_sdk.AsyncClient"),
            Subject::new(ASYNCIO, "aiohttp"),
            Subject::new(ASYNCIO, "httpx.AsyncClient"),
            Subject::new(ASYNCIO, "stripe, on aiohttp"),
        ],
        // The fastest ones with a pool of connections.
        peers: &["urllib3", "aiohttp"],
        cpu_of: "the client's process",
        rounds: 7,
        round: Amount::Seconds(0.5),
        settle: Amount::Seconds(0.2),
        warm_up: None,
        ca_variable: Some("SSL_CERT_FILE"),
        versions_of: &PEERS,
        sections: named([
            ("one-cpu", Section::Calls(Load::new(SYNC, 1).pinned(0, 0))),
            ("two-cpus", Section::Calls(Load::new(SYNC, 1).pinned(0, 1))),
            ("threads", Section::Calls(Load::new(SYNC, 16))),
            ("asyncio-1", Section::Calls(Load { by_time: false, ..Load::new(ASYNCIO, 1) })),
            ("asyncio-64", Section::Calls(Load::new(ASYNCIO, 64))),
            ("burst", Section::Burst(BURST)),
            ("imports", Section::Imports(imports(&python))),
            ("token", Section::Tokens(tokens())),
            ("footprint", Section::Footprint(footprint())),
            ("sizes", Section::Sizes(sizes())),
        ]),
    })
}

fn imports(python: &str) -> Imports {
    let row = |name, code: &str| (name, words(&[code]));
    let mut rows = vec![
        row("renumerate_sdk", "import renumerate_sdk"),
        // It is imported at its first use, together with asyncio.
        row("renumerate_sdk.AsyncClient", "from renumerate_sdk import AsyncClient"),
        row("asyncio alone", "import asyncio"),
    ];
    rows.extend(PEERS.map(|name| row(name, &format!("import {name}"))));
    Imports {
        times: 20,
        peer: "urllib3",
        folder: ".".into(),
        ways: vec![("import", words(&[python, "-I", "-c"]))],
        empty: "pass",
        rows,
    }
}

fn tokens() -> Tokens {
    let peer = "hmac, hashlib";
    Tokens { subjects: ["renumerate_sdk.Client", peer].map(|name| Subject::new(SYNC, name)).into(), peer }
}

fn footprint() -> Footprint {
    Footprint {
        times: 1,
        subjects: vec!["renumerate_sdk.Client", "renumerate_sdk.AsyncClient"],
        figures: &[Figure::Threads, Figure::Sockets],
        stages: vec![
            ("before", Step::Start),
            ("imported", Step::Import),
            ("constructed", Step::Open),
            ("loop runs", Step::Loop),
            ("called", Step::Calls { count: 1, concurrency: 1 }),
        ],
    }
}

fn sizes() -> Sizes {
    Sizes {
        // Whether and when .pyc files are written is the installer's choice.
        caption: "installed, without .pyc files",
        peer: "urllib3",
        rows: [("renumerate_sdk", vec!["renumerate-sdk"])]
            .into_iter()
            .chain(PEERS.map(|name| (name, vec![name])))
            .collect(),
        without: None,
        notes: |_| {
            let command = ["python3", "tests/bench/python/wheel_size.py", "target/python/wheels"];
            Ok(machine::output(&command)?.lines().map(str::to_owned).collect())
        },
    }
}
